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
