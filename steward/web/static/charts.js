// Charts: drawn from the data in the page, in the colours of the theme, again when it changes.
(() => {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const COLOURS = ["--tblr-blue", "--tblr-orange", "--tblr-teal", "--tblr-purple", "--tblr-pink", "--tblr-lime", "--tblr-cyan", "--tblr-red"];
  const CURRENCY = /^[A-Z]{3}$/;

  function written(unit) {
    const format = CURRENCY.test(unit)
      ? new Intl.NumberFormat("en", { style: "currency", currency: unit, maximumFractionDigits: 2 })
      : new Intl.NumberFormat("en");
    return (value) => (value == null ? "–" : format.format(value) + (unit === "%" ? "%" : ""));
  }

  function compact(unit) {
    const style = CURRENCY.test(unit) ? { style: "currency", currency: unit } : {};
    const format = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1, ...style });
    return (value) => format.format(value) + (unit === "%" ? "%" : "");
  }

  const reduced = matchMedia("(prefers-reduced-motion: reduce)");

  // HTML tooltips would need inline styles, which the page's policy does not allow.
  function shared(unit) {
    return {
      animation: !reduced.matches,
      textStyle: { fontFamily: css("--tblr-font-sans-serif") || "sans-serif", color: css("--tblr-body-color") },
      tooltip: {
        renderMode: "richText", confine: true, valueFormatter: written(unit),
        backgroundColor: css("--tblr-bg-surface"), borderColor: css("--tblr-border-color"),
        textStyle: { color: css("--tblr-body-color") },
      },
    };
  }

  function axes(chart) {
    const line = { lineStyle: { color: css("--tblr-border-color") } };
    const label = { color: css("--tblr-secondary-color") || css("--tblr-secondary") };
    const names = { type: "category", data: chart.labels, axisLine: line, axisTick: { show: false }, axisLabel: { ...label, hideOverlap: true } };
    const numbers = { type: "value", min: (range) => Math.min(0, range.min), axisLabel: { ...label, formatter: compact(chart.unit) }, splitLine: line };
    if (chart.unit === "%") numbers.max = (range) => Math.min(100, Math.ceil(range.max / 10) * 10 || 10);
    return [names, numbers];
  }

  function plot(chart) {
    const [names, numbers] = axes(chart);
    const many = chart.series.length > 1;
    const base = shared(chart.unit);
    return {
      ...base,
      color: COLOURS.map(css),
      tooltip: { ...base.tooltip, trigger: "axis" },
      legend: many ? { top: 0, textStyle: { color: css("--tblr-body-color") } } : undefined,
      grid: { left: 4, right: 12, top: many ? 36 : 12, bottom: 4, containLabel: true },
      xAxis: { ...names, boundaryGap: chart.kind === "bar" },
      yAxis: numbers,
      series: chart.series.map((series) => ({
        name: series.name, type: chart.kind, data: series.points, connectNulls: false,
        showSymbol: series.points.filter((point) => point != null).length < 3, barMaxWidth: 32,
        areaStyle: chart.kind === "line" && !many ? { opacity: 0.1 } : undefined,
      })),
    };
  }

  function heat(chart) {
    const [names] = axes(chart);
    const cells = chart.series.flatMap((row, y) => row.points.map((point, x) => [x, y, point ?? "-"]));
    const most = Math.max(1, ...cells.map((cell) => (typeof cell[2] === "number" ? cell[2] : 0)));
    const base = shared(chart.unit);
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: (at) => `${chart.series[at.value[1]].name}, ${chart.labels[at.value[0]]}: ${written(chart.unit)(at.value[2] === "-" ? null : at.value[2])}` },
      grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
      xAxis: names,
      yAxis: { ...names, data: chart.series.map((row) => row.name), inverse: true },
      visualMap: { show: false, min: 0, max: most, inRange: { color: [css("--tblr-bg-surface-secondary"), css("--tblr-blue")] } },
      series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: css("--tblr-bg-surface"), borderWidth: 1 } }],
    };
  }

  const drawings = new Map();

  function draw(element) {
    const chart = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    if (chart.kind === "heat") element.style.height = `${Math.max(6, chart.series.length * 1.5 + 3)}rem`;
    const drawing = drawings.get(element) ?? echarts.init(element, null, { renderer: "canvas" });
    drawings.set(element, drawing);
    drawing.setOption(chart.kind === "heat" ? heat(chart) : plot(chart), true);
  }

  function drawAll() {
    for (const element of drawings.keys()) if (!element.isConnected) drawings.delete(element);
    for (const element of document.querySelectorAll("[data-chart]")) draw(element);
  }

  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  addEventListener("resize", () => drawings.forEach((drawing) => drawing.resize()));
  document.addEventListener("htmx:afterSwap", drawAll);
  drawAll();
})();
