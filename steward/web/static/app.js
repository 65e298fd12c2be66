// The little that HTML cannot do by itself.
(() => {
  // A fragment with a dialogue in it opens over the page.
  document.addEventListener("htmx:afterSwap", () => {
    const dialog = document.querySelector("#window dialog");
    if (dialog && !dialog.open) {
      dialog.showModal();
      dialog.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    }
    prepare(document);
  });

  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("dialog .modal-footer a.btn-ghost-secondary");
    if (cancel) {
      event.preventDefault();
      cancel.closest("dialog").close();
    }
  });

  // A value to be entered elsewhere; where the browser lets no page copy, it is selected.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copies);
    source.select();
    try {
      await navigator.clipboard.writeText(source.value);
      button.textContent = "Copied";
    } catch { /* It is selected. */ }
  });

  // The other of light and dark, also when the system chose the one we see.
  const themeButton = document.querySelector("[data-theme-form] button");
  if (themeButton) {
    const isDark = document.documentElement.getAttribute("data-bs-theme") === "dark";
    themeButton.value = isDark ? "light" : "dark";
  }

  function prepare(root) {
    // A dangerous button waits for its tick; the server asks for it all the same.
    for (const box of root.querySelectorAll("[data-enables]")) {
      const button = document.getElementById(box.dataset.enables);
      const follow = () => { button.disabled = !box.checked; };
      box.addEventListener("change", follow);
      follow();
    }
    // A file that is too large is not sent for nothing; the server measures it all the same.
    for (const input of root.querySelectorAll("[data-largest]")) {
      const most = Number(input.dataset.largest);
      input.addEventListener("change", () => {
        const file = input.files[0];
        const said = `The file is larger than ${Math.floor(most / 1048576)} MB.`;
        input.setCustomValidity(file && file.size > most ? said : "");
        input.reportValidity();
      });
    }
    // One tick for all rows of a table.
    for (const box of root.querySelectorAll("[data-ticks]")) {
      box.onchange = () => {
        for (const tick of document.querySelectorAll(`input[form="${box.dataset.ticks}"][type=checkbox]`)) tick.checked = box.checked;
      };
    }
    // The time zone is most likely that of whoever sits here.
    for (const input of root.querySelectorAll("[data-own-zone]")) {
      const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
      if ([...input.list.options].some((option) => option.value === own)) input.value = own;
    }
    // Rows of a table that hold what is looked for.
    for (const input of root.querySelectorAll("[data-finds]")) {
      input.oninput = () => {
        const sought = input.value.trim().toLowerCase();
        for (const row of document.querySelectorAll(`#${input.dataset.finds} tbody tr`)) {
          row.hidden = !row.cells[1]?.textContent.toLowerCase().includes(sought);
        }
      };
    }
    // Of several ways to sign in, only the chosen one's fields.
    for (const select of root.querySelectorAll("[data-shows]")) {
      const follow = () => {
        for (const part of document.querySelectorAll(`.${select.dataset.shows}`)) {
          part.hidden = part.dataset.option !== select.value;
        }
      };
      select.addEventListener("change", follow);
      follow();
    }
  }

  prepare(document);
})();
