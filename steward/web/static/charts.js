// Charts: drawn from the data in the page, in the colours of the theme, again when it changes.
(() => {
  const CURRENCY = /^[A-Z]{3}$/;
  const COLOURS = 8;
  // A finger's width: names beside a chart leave room for the chart.
  const NARROW = 500;
  const DATE = /^\d{4}-\d\d(-\d\d)?$/;
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // What stands in app.css under --chart-…, for the theme that is on.
  function theme() {
    const of = (name) => css(`--chart-${name}`);
    const series = Array.from({ length: COLOURS }, (_, n) => of(n + 1));
    return { series, text: of("text"), faint: of("faint"), line: of("line"), surface: of("surface"), gap: of("gap"), heat: [of("least"), of("middle"), of("most")], zero: of("zero"), font: getComputedStyle(document.body).fontFamily };
  }

  function numbers(unit, more) {
    const style = CURRENCY.test(unit) ? { style: "currency", currency: unit } : {};
    const format = new Intl.NumberFormat("en", { maximumFractionDigits: 2, ...style, ...more });
    return (value) => format.format(value) + (unit === "%" ? "%" : "");
  }

  function written(unit) {
    const format = numbers(unit);
    return (value) => (value == null || value === "-" || Number.isNaN(value) ? "not known" : format(value));
  }

  const compact = (unit) => numbers(unit, { notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 });

  // Days and months as people write them.
  function day(label) {
    const [, isDay] = DATE.exec(label) ?? [];
    if (!DATE.test(label)) return label;
    const more = isDay ? { day: "numeric" } : { year: "numeric" };
    return new Date(`${label}${isDay ? "" : "-01"}T00:00Z`).toLocaleDateString("en-GB", { month: "short", timeZone: "UTC", ...more });
  }

  // HTML tooltips would need inline styles, which the page's policy does not allow.
  function base(chart, look) {
    return {
      animation: !reduced.matches,
      animationDuration: 400,
      color: look.series,
      textStyle: { fontFamily: look.font, color: look.text },
      tooltip: {
        renderMode: "richText", confine: true, valueFormatter: written(chart.unit), padding: 10,
        backgroundColor: look.surface, borderColor: look.line, borderWidth: 1,
        textStyle: { color: look.text, fontFamily: look.font, fontSize: 13 },
        axisPointer: { lineStyle: { color: look.faint }, shadowStyle: { color: look.gap } },
      },
    };
  }

  function names(chart, look) {
    return {
      type: "category", data: chart.labels.map(day), axisTick: { show: false },
      axisLine: { lineStyle: { color: look.line } },
      axisLabel: { color: look.faint, hideOverlap: true },
    };
  }

  // Begins at zero, and where it is said, ends at a hundred.
  function values(chart, look, parts = 4) {
    const counted = chart.unit !== "%" && !CURRENCY.test(chart.unit);
    const axis = {
      type: "value", min: (range) => Math.min(0, range.min), minInterval: counted ? 1 : 0, splitNumber: parts,
      axisLabel: { color: look.faint, formatter: compact(chart.unit) },
      splitLine: { lineStyle: { color: look.line } },
    };
    if (chart.unit !== "%" || chart.stacked || chart.most > 100) return axis;
    const top = Math.ceil(chart.most / 20) * 20 || 20;
    return { ...axis, max: top, interval: top / parts };
  }

  const legend = (look) => ({ type: "scroll", top: 0, left: 0, right: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, itemGap: 16, textStyle: { color: look.text }, pageTextStyle: { color: look.faint }, pageIconColor: look.faint, pageIconInactiveColor: look.line, inactiveColor: look.line });

  // Stretches of which nobody knows anything, from label to label.
  function unknown(chart) {
    const gaps = [];
    chart.labels.forEach((_, n) => {
      if (chart.series.some((series) => series.points[n] != null)) return;
      const last = gaps[gaps.length - 1];
      if (last && last[1] === n - 1) last[1] = n;
      else gaps.push([n, n]);
    });
    const widened = chart.kind === "line" ? 1 : 0;
    return gaps.map(([from, to]) => [{ xAxis: Math.max(from - widened, 0) }, { xAxis: Math.min(to + widened, chart.labels.length - 1) }]);
  }

  function alone(points, n) {
    return points[n] != null && points[n - 1] == null && points[n + 1] == null;
  }

  function plot(chart, look) {
    const many = chart.series.length > 1;
    const gaps = unknown(chart);
    const shared = base(chart, look);
    const line = chart.kind === "line";
    return {
      ...shared,
      tooltip: { ...shared.tooltip, trigger: "axis", axisPointer: { ...shared.tooltip.axisPointer, type: line ? "line" : "shadow" } },
      legend: many ? legend(look) : undefined,
      grid: { left: 12, right: 24, top: many ? 40 : 10, bottom: 4, containLabel: true },
      xAxis: { ...names(chart, look), boundaryGap: !line },
      yAxis: values(chart, look),
      series: chart.series.map((series, place) => ({
        name: series.name, type: line ? "line" : "bar", data: series.points, connectNulls: false,
        stack: chart.stacked ? "all" : undefined,
        showSymbol: true, symbol: "circle", lineStyle: { width: 2.5 },
        // A day between two that are not known is a line of no length.
        symbolSize: (_, at) => (alone(series.points, at.dataIndex) ? 6 : 0),
        emphasis: { focus: many ? "series" : "none", scale: 2 },
        barMaxWidth: 36, itemStyle: line ? {} : { borderRadius: chart.stacked ? 0 : [3, 3, 0, 0] },
        areaStyle: line && (chart.stacked || !many) ? { opacity: chart.stacked ? 0.5 : 0.12 } : undefined,
        markArea: place || !gaps.length ? undefined : { silent: true, data: gaps, itemStyle: { color: look.gap } },
      })),
    };
  }

  // Bars that lie, one a name, with the number at the end.
  function rank(chart, look, width) {
    const many = chart.series.length > 1;
    const shared = base(chart, look);
    const label = { show: !chart.stacked, position: "right", color: look.text, formatter: (at) => written(chart.unit)(at.value) };
    const known = (n) => chart.series.some((series) => series.points[n] != null);
    return {
      ...shared,
      tooltip: { ...shared.tooltip, trigger: "axis", axisPointer: { ...shared.tooltip.axisPointer, type: "shadow" } },
      legend: many ? legend(look) : undefined,
      grid: { left: 0, right: chart.stacked ? 24 : 72, top: many ? 40 : 4, bottom: 4, containLabel: true },
      xAxis: values(chart, look, width < NARROW ? 2 : 4),
      yAxis: {
        ...names(chart, look), inverse: true,
        axisLabel: { color: look.text, width: width < NARROW ? 110 : 200, overflow: "truncate", interval: 0, formatter: (name, n) => (known(n) ? name : `${name}\nnot known`) },
      },
      series: chart.series.map((series) => ({ name: series.name, type: "bar", data: series.points, stack: chart.stacked ? "all" : undefined, barMaxWidth: 18, label, itemStyle: { borderRadius: chart.stacked ? 0 : [0, 3, 3, 0] } })),
    };
  }

  function heat(chart, look, width) {
    const cells = chart.series.flatMap((row, y) => row.points.map((point, x) => [x, y, point ?? "-"]));
    const shared = base(chart, look);
    const said = written(chart.unit);
    const word = (at) => `${chart.series[at.value[1]].name}, ${day(chart.labels[at.value[0]])}: ${said(at.value[2])}`;
    return {
      ...shared,
      tooltip: { ...shared.tooltip, formatter: word },
      grid: { left: 0, right: 16, top: 4, bottom: 4, containLabel: true },
      xAxis: { ...names(chart, look), axisLine: { show: false } },
      yAxis: { ...names({ ...chart, labels: chart.series.map((row) => row.name) }, look), inverse: true, axisLine: { show: false }, axisLabel: { color: look.text, width: width < NARROW ? 90 : 200, overflow: "truncate", interval: 0 } },
      visualMap: { show: false, type: "continuous", min: 0, max: chart.most || 1, inRange: { color: look.heat } },
      series: [{
        type: "heatmap", data: cells.map((cell) => (cell[2] === 0 ? { value: cell, itemStyle: { color: look.zero }, visualMap: false } : cell)),
        itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 3 },
        emphasis: { itemStyle: { borderColor: look.text, borderWidth: 1 } },
      }],
    };
  }

  const HEIGHTS = { heat: [1.6, 3], rank: [2, 2.5] };
  const DRAWN = { heat, rank };
  const drawings = new Map();

  // Those that grow with what they show, in rem.
  function fit(element, chart) {
    if (!HEIGHTS[chart.kind]) return;
    const [each, more] = HEIGHTS[chart.kind];
    const bars = chart.kind === "rank" && !chart.stacked ? Math.max(1, chart.series.length * 0.6) : 1;
    const rows = chart.kind === "heat" ? chart.series.length : chart.labels.length * bars;
    element.style.height = `${rows * each + more + (chart.series.length > 1 ? 1 : 0)}rem`;
  }

  function link(chart, at) {
    const [row, place] = chart.kind === "heat" ? [at.value?.[1], at.value?.[0]] : [at.seriesIndex, at.dataIndex];
    return chart.series[row]?.links?.[place];
  }

  function begin(element, chart) {
    fit(element, chart);
    const drawing = echarts.init(element, null, { renderer: "canvas" });
    drawing.on("click", (at) => {
      const href = link(chart, at);
      if (href) location.assign(href);
    });
    drawings.set(element, { drawing, chart });
    new ResizeObserver(() => {
      if (element.clientWidth) draw(element, false);
    }).observe(element);
  }

  function draw(element, animated) {
    const { drawing, chart } = drawings.get(element);
    const option = (DRAWN[chart.kind] ?? plot)(chart, theme(), element.clientWidth);
    if (!animated) option.animation = false;
    for (const series of option.series) series.cursor = chart.series.some((one) => one.links) ? "pointer" : "default";
    drawing.resize();
    drawing.setOption(option, true);
  }

  function drawAll() {
    for (const [element, { drawing }] of drawings) {
      if (!element.isConnected) {
        drawing.dispose();
        drawings.delete(element);
      }
    }
    for (const element of document.querySelectorAll("[data-chart]")) {
      const known = drawings.has(element);
      if (!known) begin(element, JSON.parse(document.getElementById(element.dataset.chart).textContent));
      if (element.clientWidth) draw(element, !known);
    }
  }

  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  document.addEventListener("htmx:afterSwap", drawAll);
  drawAll();
})();
