// A form that nobody has touched is not saved. Rich text writes its fields anew while it starts, and on a slow machine
// that ends after Wagtail has looked at the form for the first time: its autosave then takes it for an edit.
(() => {
  const TOUCHES = ["beforeinput", "change", "click", "drop", "input", "keydown", "paste"];
  let isTouched = false;

  const notice = (event) => {
    if (event.target.closest?.("[data-edit-form]")) isTouched = true;
  };
  for (const name of TOUCHES) document.addEventListener(name, notice, true);

  document.addEventListener(
    "w-unsaved:add",
    (event) => {
      if (isTouched || event.target.dataset.wUnsavedForceValue === "true") return; // what was refused is unsaved
      event.stopImmediatePropagation();
      window.wagtail?.app?.getControllerForElementAndIdentifier(event.target, "w-unsaved")?.clear();
    },
    true,
  );
})();

// Once something has been chosen, the button that opened the dialog is hidden and would take the focus with it.
(() => {
  let chooser = null;
  document.addEventListener("focusin", (event) => {
    chooser = event.target.closest?.(".chooser") ?? (event.target.closest?.(".modal") ? chooser : null);
  });
  window.jQuery?.(document).on("hidden.bs.modal", () => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const buttons = [...(chooser?.querySelectorAll("button, a[href]") ?? [])];
    buttons.find((one) => one.checkVisibility())?.focus();
  });
})();
