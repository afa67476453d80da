// The search of a report: over the texts that said.js brings, without a server. Words are found as the arena's own search
// finds them: whole, in any case and without their accents, from four letters on as beginnings of longer ones; what
// stands in double quotes stays together, and a character of a script without spaces is a word by itself.
(function () {
  "use strict";

  var form = document.getElementById("finder"), data = window.arenaSaid;
  if (!form || !data) return;
  var hits = document.getElementById("finder-hits"), told = document.getElementById("finder-told"), more = document.getElementById("finder-more");
  var AT_ONCE = 20, BEFORE = 60, WIDTH = 220, shown = [], asked = [];

  var UNSPACED = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
  var ALONE = new RegExp("[" + UNSPACED + "]", "gu"), SPACED = new RegExp("[^" + UNSPACED + "]+", "gu");
  var IS_ALONE = new RegExp("^[" + UNSPACED + "]$", "u"), PIECES = new RegExp("[" + UNSPACED + "]|(?:(?![" + UNSPACED + "])[\\p{L}\\p{N}\\p{M}\\p{S}\\p{Cf}])+", "gu");

  function plain(piece) {
    return piece.normalize("NFKD").toUpperCase().toLowerCase().replace(/[\p{Mn}\p{Cf}]/gu, "").replace(/[^\p{L}\p{N}\p{M}]+/gu, " ");
  }

  // Its words with one space before, between and behind them.
  function folded(text) {
    return (" " + text.replace(SPACED, plain).replace(ALONE, " $& ") + " ").replace(/\s+/g, " ");
  }

  // What a question means: phrases, each with a space before it, and one behind it where its last word is whole.
  function phrases(question) {
    var found = [], part, parts = /"([^"]*)"?|([^\s"]+)/g;
    while ((part = parts.exec(question))) {
      var quoted = part[1] !== undefined, words = folded(quoted ? part[1] : part[2]);
      if (words === " ") continue;
      var last = words.trim().split(" ").pop();
      found.push(!quoted && last.length >= 4 && !IS_ALONE.test(last) ? words.slice(0, -1) : words);
    }
    return found;
  }

  function times(text, phrase) {
    var count = 0;
    for (var at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) count += 1;
    return count;
  }

  function score(said) {
    if (said.folded === undefined) said.folded = folded(said[3]);
    var sum = 0;
    for (var n = 0; n < asked.length; n += 1) {
      var count = times(said.folded, asked[n]);
      if (!count) return 0;
      sum += count;
    }
    return sum;
  }

  // Where the question's words stand in the text as it was written.
  function marks(text) {
    var words = [], piece;
    PIECES.lastIndex = 0;
    while ((piece = PIECES.exec(text))) {
      folded(piece[0]).trim().split(" ").forEach(function (word) { if (word) words.push([word, piece.index, piece.index + piece[0].length]); });
    }
    var found = [];
    asked.forEach(function (phrase) {
      var parts = phrase.trim().split(" "), open = phrase.slice(-1) !== " ";
      for (var at = 0; at + parts.length <= words.length; at += 1) {
        var fits = parts.every(function (part, n) {
          var word = words[at + n][0];
          return word === part || (open && n === parts.length - 1 && word.indexOf(part) === 0);
        });
        if (fits) found.push([words[at][1], words[at + parts.length - 1][2]]);
      }
    });
    return found.sort(function (one, other) { return one[0] - other[0]; });
  }

  function add(parent, tag, text, className) {
    var made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    parent.appendChild(made);
    return made;
  }

  function snippet(parent, text) {
    var line = text.replace(/\s+/g, " ").trim(), places = marks(line), first = places.length ? places[0][0] : 0;
    var begin = Math.max(0, first - BEFORE), end, at;
    if (begin) begin = Math.max(begin, line.indexOf(" ", begin) + 1 > first ? begin : line.indexOf(" ", begin) + 1);
    end = line.length <= begin + WIDTH ? line.length : Math.max(first, line.lastIndexOf(" ", begin + WIDTH));
    if (end <= begin) end = Math.min(line.length, begin + WIDTH);
    if (begin) parent.appendChild(document.createTextNode("… "));
    at = begin;
    places.forEach(function (place) {
      if (place[0] < at || place[1] > end) return;
      parent.appendChild(document.createTextNode(line.slice(at, place[0])));
      add(parent, "mark", line.slice(place[0], place[1]));
      at = place[1];
    });
    parent.appendChild(document.createTextNode(line.slice(at, end) + (end < line.length ? " …" : "")));
  }

  function show(said) {
    var page = data.pages[said[0]], item = add(hits, "li", "", "panel"), about = add(item, "p", "", "small soft");
    var link = add(about, "a", "", "who");
    link.setAttribute("href", page[0] + "#" + said[1]);
    add(link, "bdi", page[1]);
    link.appendChild(document.createTextNode(" on "));
    add(link, "bdi", page[2]);
    about.appendChild(document.createTextNode(" · " + page[3] + " · " + said[2]));
    var words = add(item, "p", "", "speech foreign");
    words.dir = "auto";
    snippet(words, said[3]);
  }

  function next() {
    var begun = hits.children.length, focus = begun > 0;
    shown.slice(begun, begun + AT_ONCE).forEach(show);
    more.hidden = hits.children.length >= shown.length;
    if (focus && hits.children[begun]) hits.children[begun].querySelector("a").focus();
  }

  function find() {
    var wanted = [form.elements.contestant.value, form.elements.ticker.value];
    asked = phrases(form.elements.q.value);
    hits.replaceChildren();
    shown = !asked.length ? [] : data.said.filter(function (said) {
      var page = data.pages[said[0]];
      return (!wanted[0] || page[1] === wanted[0]) && (!wanted[1] || page[2] === wanted[1]);
    }).map(function (said, place) { return [score(said), place, said]; }).filter(function (one) { return one[0]; })
      .sort(function (one, other) { return other[0] - one[0] || one[1] - other[1]; }).map(function (one) { return one[2]; });
    told.textContent = !asked.length ? (form.elements.q.value.trim() ? "Name a word, or several that stand together." : "")
      : shown.length === 1 ? "1 passage" : shown.length ? shown.length + " passages" : "Nobody said that here.";
    next();
  }

  // The question stands in the address, so that a way back leads to it again.
  function read() {
    var query = new URLSearchParams(location.hash.slice(1));
    ["q", "contestant", "ticker"].forEach(function (name) { form.elements[name].value = query.get(name) || ""; });
    find();
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var query = new URLSearchParams();
    ["q", "contestant", "ticker"].forEach(function (name) { if (form.elements[name].value) query.set(name, form.elements[name].value); });
    if (location.hash.slice(1) === query.toString()) find(); else location.hash = query.toString();
  });
  more.addEventListener("click", next);
  window.addEventListener("hashchange", read);
  read();
})();
