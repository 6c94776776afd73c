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

// What is new on a form gets its ids with the answer of an autosave. A press meanwhile would save it once more, so the
// press waits for the answer; an autosave that has not been sent yet need not be.
(() => {
  const send = window.fetch;
  let save = null;
  let isSent = false;
  let isWaiting = false;
  window.fetch = (address, how, ...more) => {
    if (save && how?.body === save.detail.formData) isSent = true;
    return send.call(window, address, how, ...more);
  };
  document.addEventListener("w-autosave:save", (event) => {
    save = event;
    isSent = false;
  });

  const pressAgain = (form, press) => {
    const { name, value, disabled } = press ?? {};
    if (disabled && name) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    form.requestSubmit(disabled ? null : press);
  };

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches("[data-edit-form]")) return;
      const autosave = window.wagtail?.app?.getControllerForElementAndIdentifier(form, "w-autosave");
      if (!autosave) return;
      const wasActive = autosave.activeValue;
      autosave.activeValue = false; // nothing more is saved behind this press
      if (autosave.submitPromise && isSent) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (isWaiting) return;
        isWaiting = true;
        autosave.submitPromise.finally(() => {
          isWaiting = false;
          pressAgain(form, event.submitter);
        });
        return;
      }
      autosave.submit.cancel?.();
      autosave.submitPromise = null;
      setTimeout(() => {
        if (event.defaultPrevented) autosave.activeValue = wasActive; // somebody else has stopped it
      });
    },
    true,
  );
})();
