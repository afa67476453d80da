// What pages do beyond being read: the theme's switch, sorting, folding, parts that come later, and news.
(function () {
  "use strict";

  var status = document.getElementById("status");

  function say(text) { if (status) status.textContent = text; }

  // The theme: as the system has it, light, dark.
  var themes = { "": ["◐", "as the system has it"], light: ["☀", "light"], dark: ["☾", "dark"] };

  function shownTheme() { return document.documentElement.dataset.theme || ""; }

  function showTheme(button) {
    var theme = themes[shownTheme()];
    button.firstElementChild.textContent = theme[0];
    button.setAttribute("aria-label", "Theme: " + theme[1]);
    button.title = "Theme: " + theme[1];
  }

  function setTheme(theme) {
    if (theme) document.documentElement.dataset.theme = theme; else delete document.documentElement.dataset.theme;
    try { if (theme) localStorage.setItem("arena-theme", theme); else localStorage.removeItem("arena-theme"); } catch (refused) { /* not kept */ }
    document.dispatchEvent(new CustomEvent("arena:theme"));
  }

  document.querySelectorAll("[data-theme-switch]").forEach(function (button) {
    showTheme(button);
    button.addEventListener("click", function () {
      var order = ["", "light", "dark"];
      setTheme(order[(order.indexOf(shownTheme()) + 1) % order.length]);
      showTheme(button);
    });
  });

  // The switch of seasons closes like any menu.
  document.querySelectorAll("details.switch").forEach(function (menu) {
    document.addEventListener("click", function (event) { if (!menu.contains(event.target)) menu.open = false; });
    menu.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  });

  // Tables that can be sorted by their headings.
  function valueOf(row, column) {
    var cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
  }

  function sort(table, heading, ascending) {
    var column = heading.cellIndex, numbers = heading.dataset.sort === "number", body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows).map(function (row, place) { return [valueOf(row, column), place, row]; });
    rows.sort(function (one, other) {
      var order = numbers ? Number(one[0]) - Number(other[0]) : one[0].localeCompare(other[0], "en", { numeric: true });
      return (ascending ? order : -order) || one[1] - other[1];
    });
    rows.forEach(function (row) { body.appendChild(row[2]); });
    table.querySelectorAll("thead th[data-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    table.dataset.sorted = column + (ascending ? " up" : " down");
  }

  function sortable(table) {
    table.querySelectorAll("thead th[data-sort]").forEach(function (heading) {
      var button = document.createElement("button");
      button.type = "button";
      while (heading.firstChild) button.appendChild(heading.firstChild);
      heading.appendChild(button);
      button.addEventListener("click", function () {
        var known = heading.getAttribute("aria-sort");
        var ascending = known ? known === "descending" : heading.dataset.sort === "text";
        sort(table, heading, ascending);
        say("Sorted by " + button.textContent.trim() + ", " + (ascending ? "ascending" : "descending"));
      });
    });
    var kept = (table.dataset.sorted || "").split(" ");
    if (kept.length === 2) sort(table, table.tHead.rows[0].cells[Number(kept[0])], kept[1] === "up");
  }

  function dress(root) { root.querySelectorAll("table[data-sortable]").forEach(sortable); }

  // What stood in the parts that change, as the server wrote it: before anything of it is dressed.
  var written = {};
  document.querySelectorAll("[data-live]").forEach(function (part) { written[part.dataset.live] = part.innerHTML; });

  dress(document);

  // Folding all stages at once, and opening what an address points into.
  document.querySelectorAll("[data-fold]").forEach(function (button) {
    button.addEventListener("click", function () {
      var open = button.dataset.fold === "open";
      document.querySelectorAll("details." + button.dataset.which).forEach(function (part) { part.open = open; });
      say(open ? "All is unfolded" : "All is folded");
    });
  });

  function unfoldTarget() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    if (target) target.scrollIntoView();
  }

  window.addEventListener("hashchange", unfoldTarget);
  unfoldTarget();

  // Parts that the server works out while the page is already read.
  function fetchPart(place, wait) {
    fetch(place.dataset.fragment, { headers: { accept: "text/html" } }).then(function (answer) {
      if (answer.status === 202) {
        setTimeout(function () { fetchPart(place, Math.min(wait * 1.5, 15000)); }, wait);
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text().then(function (html) {
        var part = new DOMParser().parseFromString(html, "text/html").body;
        place.replaceChildren.apply(place, Array.prototype.slice.call(part.childNodes));
        dress(place);
        if (answer.headers.get("x-arena-older")) setTimeout(function () { fetchPart(place, wait); }, 2000);
      });
    }).catch(function () {
      var told = document.createElement("p");
      told.className = "soft";
      told.textContent = "This part could not be had; load the page again.";
      place.replaceChildren(told);
    });
  }

  function fetchParts(root) { root.querySelectorAll("[data-fragment]").forEach(function (place) { fetchPart(place, 700); }); }

  fetchParts(document);

  // News: told by the server while the page is seen, and only what has changed is put in its place.
  var address = document.body.dataset.news;
  if (!address || !window.EventSource) return;
  var source = null, busy = false, again = false, retry = 2000;

  function folded(root) {
    var open = {};
    root.querySelectorAll("details[id]").forEach(function (part) { open[part.id] = part.open; });
    return open;
  }

  function place(now, then) {
    var open = folded(now), focused = now.contains(document.activeElement) && document.activeElement.id;
    if (now.dataset.sorted) then.dataset.sorted = now.dataset.sorted;
    then.querySelectorAll("details[id]").forEach(function (part) { if (part.id in open) part.open = open[part.id]; });
    now.replaceWith(then);
    if (then.matches("table[data-sortable]")) sortable(then); else dress(then);
    fetchParts(then);
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
  }

  function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    fetch(location.href, { headers: { accept: "text/html" } }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      // There is another page here now, such as a first season's: go there.
      if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { location.replace(answer.url); return null; }
      return answer.text();
    }).then(function (html) {
      if (html === null) return;
      var news = new DOMParser().parseFromString(html, "text/html"), changed = 0;
      // An older answer serves while the server makes a long season's anew: ask again.
      if (news.body.dataset.state === "older") setTimeout(refresh, 3000);
      document.querySelectorAll("[data-live]").forEach(function (now) {
        var name = now.dataset.live, then = news.querySelector('[data-live="' + name + '"]');
        if (!then || then.innerHTML === written[name]) return;
        written[name] = then.innerHTML;
        place(now, document.importNode(then, true));
        changed += 1;
      });
      if (changed) {
        document.dispatchEvent(new CustomEvent("arena:news"));
        var told = document.querySelector("[data-told]");
        say("Updated. " + (told ? told.textContent.trim().replace(/\s+/g, " ") : ""));
      }
    }).catch(function () { /* the next news tries again */ }).then(function () {
      busy = false;
      if (again) { again = false; setTimeout(refresh, 1000); }
    });
  }

  function listen() {
    if (source || document.hidden) return;
    source = new EventSource(address);
    source.addEventListener("state", function (event) {
      retry = 2000;
      if (document.body.dataset.state !== event.data) refresh();
      document.body.dataset.state = event.data;
      document.body.dataset.listening = "yes";
    });
    source.onerror = function () {
      stop();
      setTimeout(listen, retry);
      retry = Math.min(retry * 2, 60000);
    };
  }

  function stop() {
    if (source) source.close();
    source = null;
    delete document.body.dataset.listening;
  }

  document.addEventListener("visibilitychange", function () { if (document.hidden) stop(); else listen(); });
  window.addEventListener("pagehide", stop);
  listen();
})();
