/**
 * Files that go with a letter: chosen, dropped, pasted or taken with the camera. Each is sent to the server by itself before
 * the letter, so that its progress is seen and it can be taken away; what is ticked goes with the letter.
 */

import { came, failed, part, rowOf } from "./brought.js";

export class Files {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.box = /** @type {HTMLElement} */ (form.querySelector("[data-files]"));
    this.list = /** @type {HTMLElement} */ (this.box.querySelector("[data-brought]"));
    this.told = /** @type {HTMLElement} */ (this.box.querySelector("[data-files-told]"));
    /** @type {{file: File, row: HTMLElement}[]} what still waits, up to what is chosen at once */
    this.waiting = [];
    this.busy = false;
    const camera = this.box.querySelector("[data-camera]");
    camera?.toggleAttribute("hidden", !matchMedia("(pointer: coarse)").matches);
    for (const input of this.box.querySelectorAll("input[type=file]")) {
      const chosen = /** @type {HTMLInputElement} */ (input);
      const take = () => {
        this.take(chosen.files);
        chosen.value = ""; // or it would come once more with the form
      };
      input.addEventListener("change", take);
      if (chosen.files?.length) take(); // before this script was here
    }
    form.addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length && !event.clipboardData.getData("text/plain")) {
        event.preventDefault();
        this.take(event.clipboardData.files);
      }
    });
    form.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
    form.addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
    form.addEventListener("submit", (event) => {
      if (!this.busy || event.defaultPrevented) return;
      event.preventDefault();
      this.say("onItsWay");
    });
    this.box.dataset.ready = "";
    form.addEventListener("change", (event) => {
      if (/** @type {HTMLInputElement} */ (event.target).name === "conversation") this.leave();
    });
  }

  /** @param {FileList | null} files */
  take(files) {
    if (!this.conversation) return this.say("whom");
    for (const file of files ?? []) this.waiting.push({ file, row: this.row(file) });
    this.next();
  }

  next() {
    const one = this.busy ? undefined : this.waiting.shift();
    if (!one) return;
    if (!one.row.isConnected) return this.next();
    if (one.file.size > Number(this.box.dataset.octets)) {
      failed(one.row, this.box.dataset.tooLarge ?? "");
      return this.next();
    }
    this.send(one.file, one.row);
  }

  /** With XMLHttpRequest: fetch tells nothing of what has gone so far. @param {File} file @param {HTMLElement} row */
  send(file, row) {
    const body = new FormData();
    body.set("letter", this.field("key").value);
    body.set("original", String(/** @type {HTMLInputElement} */ (this.box.querySelector("[data-original]")).checked));
    body.set("file", file, file.name);
    const asking = new XMLHttpRequest();
    const bar = /** @type {HTMLProgressElement} */ (part(row, "progress"));
    asking.upload.addEventListener("progress", (at) => (bar.value = at.lengthComputable ? (100 * at.loaded) / at.total : 0));
    asking.addEventListener("loadend", () => {
      this.busy = false;
      if (row.isConnected) this.came(row, asking, file.name);
      this.next();
    });
    row.addEventListener("quietline:away", () => asking.abort());
    asking.open("POST", `${this.place}`);
    asking.responseType = "json";
    this.busy = true;
    asking.send(body);
  }

  /** @param {HTMLElement} row @param {XMLHttpRequest} asking @param {string} name */
  came(row, asking, name) {
    if (asking.status !== 201) return failed(row, asking.response?.detail ?? this.box.dataset.lost ?? "");
    came(row, asking.response);
    this.told.textContent = `${name} ${this.box.dataset.there}`;
  }

  /** @param {File} file @returns {HTMLElement} */
  row(file) {
    const blank = /** @type {HTMLTemplateElement} */ (this.box.querySelector("[data-brought-blank]"));
    const row = rowOf(blank, file);
    part(row, "away").addEventListener("click", () => this.away(row));
    this.list.append(row);
    return row;
  }

  /** @param {HTMLElement} row */
  away(row) {
    row.dispatchEvent(new Event("quietline:away"));
    const { value } = /** @type {HTMLInputElement} */ (part(row, "id"));
    if (value) fetch(`${this.place}/${value}`, { method: "DELETE" }).catch(() => undefined); // it goes in a day by itself
    this.told.textContent = `${part(row, "name").textContent} ${this.box.dataset.takenAway}`;
    row.remove();
    this.field("text").focus();
  }

  /** What was brought for one conversation never goes to another. */
  leave() {
    if (!this.list.children.length) return;
    this.list.replaceChildren();
    this.waiting = [];
    this.say("elsewhere");
  }

  /** @param {string} what */
  say(what) {
    this.told.textContent = this.box.dataset[what] ?? "";
  }

  get conversation() {
    return String(new FormData(this.form).get("conversation") ?? "");
  }

  get place() {
    return `/api/v1/conversations/${this.conversation}/files`;
  }

  /** @param {string} name */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }
}
