// A question's fields depend on its kind. Without script all are there, and each says what it is for.
(() => {
  const KIND = /(^|-)kind$/;

  const show = (select) => {
    // The fields of this question: in its panel of the unit's form, or in the form of the question bank.
    const home = select.closest("[data-inline-panel-child]") ?? select.form;
    for (const panel of home?.querySelectorAll(".lc-only") ?? []) {
      panel.toggleAttribute("data-lc-away", !panel.classList.contains(`lc-for-${select.value}`));
    }
  };

  const isKind = (field) => field.matches("select") && KIND.test(field.name) && field.form?.querySelector(".lc-only");
  const showAll = (root) => [...root.querySelectorAll("select")].filter(isKind).forEach(show);

  document.addEventListener("change", (event) => isKind(event.target) && show(event.target));
  document.addEventListener("DOMContentLoaded", () => {
    showAll(document);
    // Questions and choices that are added come as they stand in a template.
    new MutationObserver((records) => records.some((one) => one.addedNodes.length) && showAll(document)).observe(
      document.querySelector("main") ?? document.body,
      { childList: true, subtree: true },
    );
  });
})();

// A scenario's choices lead to steps by name: what has been written as names is offered, and nothing else is refused.
(() => {
  const LEADS = /^steps-\d+-choices-\d+-leads_to$/;
  const names = document.createElement("datalist");
  names.id = "lc-step-names";

  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (!field.matches("input[name]") || !LEADS.test(field.name)) return;
    const written = [...field.form.querySelectorAll("input[name^=steps-][name$=-name]")]
      .filter((one) => /^steps-\d+-name$/.test(one.name) && !one.closest(".deleted"))
      .map((one) => one.value.trim());
    names.replaceChildren(...[...new Set(written)].filter(Boolean).map((name) => new Option(name, name)));
    field.after(names);
    field.setAttribute("list", names.id);
    field.setAttribute("autocomplete", "off");
  });
})();
