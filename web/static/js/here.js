/** A page on which nothing is live: who looks at it is here all the same, over the one connection of all tabs. */

const person = document.querySelector('meta[name="here"]')?.getAttribute("content");

if (person) {
  // Not needed to read the page, so not waited for.
  import("./tabs.js").then(({ Tab }) => new Tab(person, { frame: () => undefined, state: () => undefined }));
}
