"use strict";
for (const frames of document.querySelectorAll(".frames")) {
  const input = frames.querySelector("input");
  const output = frames.querySelector("output");
  const papers = frames.querySelectorAll(".paper");
  const show = () => {
    papers.forEach((paper, index) => paper.classList.toggle("shown", index === input.valueAsNumber));
    output.value = papers[input.valueAsNumber].dataset.label;
    input.setAttribute("aria-valuetext", output.value);
  };
  frames.classList.add("live");
  input.value = input.defaultValue;
  input.addEventListener("input", show);
  show();
}
