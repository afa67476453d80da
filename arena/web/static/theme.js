// Before the page is drawn: the theme that was chosen, and a class by which style sheets know that scripts run.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var chosen = localStorage.getItem("arena-theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch (refused) {
    // A browser that keeps nothing shows the system's theme.
  }
})();
