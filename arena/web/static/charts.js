// Charts over the data that stands in the page itself, drawn by Plotly in the colours of the theme.
(function () {
  "use strict";

  var DASHES = ["solid", "9px,4px", "3px,3px", "10px,4px,3px,4px"];

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim(); }

  function dataOf(figure) { return JSON.parse(document.getElementById(figure.dataset.from).textContent); }

  function narrow() { return window.matchMedia("(max-width: 40rem)").matches; }

  function layout(extra) {
    var axis = { gridcolor: colour("line"), zerolinecolor: colour("strong-line"), linecolor: colour("line"), tickfont: { size: 12 }, automargin: true };
    var made = {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: "x unified", dragmode: false,
      margin: { l: 8, r: 8, t: 8, b: 8 },
      font: { family: getComputedStyle(document.body).fontFamily, color: colour("soft"), size: 12 },
      hoverlabel: { bgcolor: colour("panel"), bordercolor: colour("strong-line"), font: { color: colour("ink"), size: 12 } },
      xaxis: Object.assign({}, axis, { type: "date", showgrid: false, fixedrange: true, nticks: narrow() ? 4 : 8 }),
      yaxis: Object.assign({}, axis, { fixedrange: true, nticks: 6 }),
    };
    Object.keys(extra || {}).forEach(function (key) {
      made[key] = key === "xaxis" || key === "yaxis" || key === "yaxis2" ? Object.assign({}, axis, made[key], extra[key]) : extra[key];
    });
    return made;
  }

  var CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };

  function drawdown(values) {
    var high = -Infinity;
    return values.map(function (value) {
      if (value === null) return null;
      high = Math.max(high, value);
      return value / high - 1;
    });
  }

  function change(values) {
    var first = values.find(function (value) { return value !== null; });
    return values.map(function (value) { return value === null || !first ? null : value / first - 1; });
  }

  var VIEWS = {
    dollars: { of: function (values) { return values; }, format: "$,.0f", hover: "$,.2f" },
    return: { of: change, format: "+.0%", hover: "+.2%" },
    drawdown: { of: drawdown, format: ".0%", hover: ".2%" },
  };

  function lastOf(values) {
    for (var at = values.length - 1; at >= 0; at -= 1) if (values[at] !== null) return at;
    return -1;
  }

  // Names at the ends of the lines, moved apart where they would cover each other.
  function endNames(lines, low, high, height) {
    var step = (high - low) / Math.max(1, height / 15);
    var ends = lines.map(function (line) { return { line: line, y: line.values[lastOf(line.values)] }; })
      .filter(function (end) { return end.y !== undefined && end.y !== null; })
      .sort(function (one, other) { return one.y - other.y; });
    for (var at = 1; at < ends.length; at += 1) ends[at].y = Math.max(ends[at].y, ends[at - 1].y + step);
    var over = ends.length ? ends[ends.length - 1].y - high : 0;
    if (over > 0) for (at = ends.length - 1; at >= 0; at -= 1) {
      var bound = at === ends.length - 1 ? high : ends[at + 1].y - step;
      ends[at].y = Math.min(ends[at].y, bound);
    }
    return ends.map(function (end) {
      return { x: 1, xref: "paper", xanchor: "left", xshift: 6, y: end.y, yref: "y", yanchor: "middle", showarrow: false,
        text: escaped(end.line.name), font: { size: 12, color: end.line.colour } };
    });
  }

  // Plotly reads a few tags in texts; names are not to be read.
  function escaped(text) { return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;"); }

  function equityLines(content, view) {
    var lines = content.series.map(function (one) {
      return { name: one.name, colour: colour("k" + one.place % 10), dash: DASHES[one.place % 4], width: 2, values: VIEWS[view].of(one.equity) };
    });
    if (content.benchmark) {
      lines.push({ name: content.benchmark.name, colour: colour("soft"), dash: "dot", width: 1.5, values: VIEWS[view].of(content.benchmark.equity) });
    }
    return lines;
  }

  function drawEquity(figure, plot) {
    var content = dataOf(figure), chosen = document.querySelector('[data-choices="equity"] input:checked');
    var view = chosen ? chosen.value : "dollars", lines = equityLines(content, view), points = content.sessions.length <= 2;
    var known = [].concat.apply([], lines.map(function (line) { return line.values.filter(function (v) { return v !== null; }); }));
    if (!known.length) { plot.textContent = "There is nothing to draw yet."; return; }
    var low = Math.min.apply(null, known), high = Math.max.apply(null, known), room = (high - low || Math.abs(high) || 1) * .05;
    var longest = Math.max.apply(null, lines.map(function (line) { return line.name.length; }));
    var beside = !narrow() && lines.length <= 26;
    var traces = lines.map(function (line) {
      return { x: content.sessions, y: line.values, name: escaped(line.name.slice(0, 40)), mode: points ? "lines+markers" : "lines",
        line: { color: line.colour, width: line.width, dash: line.dash }, marker: { color: line.colour, size: 6 },
        connectgaps: true, hovertemplate: "%{y:" + VIEWS[view].hover + "}" };
    });
    window.Plotly.react(plot, traces, layout({
      margin: { l: 8, r: beside ? Math.min(180, 16 + longest * 7) : 8, t: 8, b: 8 },
      yaxis: { tickformat: VIEWS[view].format, range: [low - room, high + room] },
      annotations: beside ? endNames(lines, low - room, high + room, plot.clientHeight - 40) : [],
    }), CONFIG);
    plot.dataset.drawn = view;
  }

  function drawPrices(figure, plot) {
    var content = dataOf(figure), up = colour("buy"), down = colour("sell");
    window.Plotly.react(plot, [{
      type: "candlestick", x: content.sessions, open: content.open, high: content.high, low: content.low, close: content.close,
      increasing: { line: { color: up, width: 1 }, fillcolor: "rgba(0,0,0,0)" }, decreasing: { line: { color: down, width: 1 }, fillcolor: down }, name: "",
    }, {
      type: "bar", x: content.sessions, y: content.volume, yaxis: "y2", marker: { color: colour("strong-line") }, name: "volume", hovertemplate: "%{y:,.0f}",
    }], layout({
      xaxis: { rangeslider: { visible: false }, rangebreaks: content.breaks ? [{ values: content.breaks }] : [] },
      yaxis: { domain: [.24, 1], tickformat: ",.2~f" },
      yaxis2: { domain: [0, .18], tickformat: ".2~s", showgrid: false, fixedrange: true, nticks: 3 },
    }), CONFIG);
    plot.dataset.drawn = "prices";
  }

  var DRAW = { equity: drawEquity, prices: drawPrices };

  function drawAll() {
    if (!window.Plotly) return;
    document.querySelectorAll("[data-chart]").forEach(function (figure) { DRAW[figure.dataset.chart](figure, figure.querySelector(".plot")); });
  }

  // A row of the table points out its line.
  function pointOut(name) {
    document.querySelectorAll('[data-chart="equity"] .plot').forEach(function (plot) {
      if (!plot.data) return;
      var content = dataOf(plot.closest("[data-chart]"));
      var bright = plot.data.map(function (_, at) { return name === null || content.series[at] && content.series[at].name === name ? 1 : .15; });
      window.Plotly.restyle(plot, { opacity: bright });
    });
  }

  function follow(event) {
    var row = event.target.closest && event.target.closest("tr[data-contestant]");
    if (row) pointOut(event.type === "mouseover" || event.type === "focusin" ? row.dataset.contestant : null);
  }

  ["mouseover", "mouseout", "focusin", "focusout"].forEach(function (kind) { document.addEventListener(kind, follow); });
  document.querySelectorAll("[data-choices]").forEach(function (choices) { choices.addEventListener("change", drawAll); });
  document.addEventListener("arena:theme", drawAll);
  document.addEventListener("arena:news", drawAll);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  window.matchMedia("(max-width: 40rem)").addEventListener("change", drawAll);
  drawAll();
})();
