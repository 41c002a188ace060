// Runs in a page: the worst contrast of a text with what is behind it (WCAG 2.2).
(() => {
  const channels = (color) => (color.match(/[0-9.]+/g) ?? []).map(Number);
  const luminance = (color) =>
    channels(color)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, index) => sum + value * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);
  const behind = (element) => {
    if (element === null) return "rgb(255, 255, 255)";
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? behind(element.parentElement) : color;
  };
  let worst = { ratio: 21, text: "", dark: luminance(behind(document.body)) < 0.2 };
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "");
    if (text === undefined) continue;
    const [a = 0, b = 0] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst.ratio) worst = { ...worst, ratio, text: text.textContent ?? "" };
  }
  return worst;
})();
