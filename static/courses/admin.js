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
