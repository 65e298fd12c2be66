// Before anything is drawn: the theme of the system, where nobody chose another.
(() => {
  const root = document.documentElement;
  if (root.hasAttribute("data-chosen")) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  dark.addEventListener("change", follow);
  follow();
})();
