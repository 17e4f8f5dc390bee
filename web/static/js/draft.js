/**
 * What is being written is kept on the server: a second after a pause, when the field is left, and when the page is.
 * Nothing with content is stored in the browser. The form's key names the draft, and later the message it becomes.
 */

import { tell } from "./kept.js";
import "./limits.js";
import { newKey } from "./words.js";

const PAUSE = 1_000;
const AS_IT_GOES = 12_000; // a browser sends 64 KiB with a page that goes, in any script; longer texts were kept before
const PAGE = newKey();
let turn = 0;

export class Draft {
  /** @type {number | undefined} */ #timer;
  /** @type {Promise<unknown>} one after the other */ #asked = Promise.resolve();
  /** @type {Map<string, number>} drafts the server may hold, and the revision we know of */ #known = new Map();

  /**
   * @param {HTMLFormElement} form with the fields key, conversation and text
   * @param {"chat" | "letter"} kind
   */
  constructor(form, kind) {
    this.form = form;
    this.kind = kind;
    this.field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
    this.unkept = false;
    this.key = /** @type {HTMLInputElement} */ (form.elements.namedItem("key"));
    const revision = Number(form.dataset.revision ?? 0);
    this.kept = revision ? this.field.value : "";
    if (revision) this.#known.set(this.key.value, revision);
    this.field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.keep(), PAUSE);
    });
    this.field.addEventListener("blur", () => this.keep());
    addEventListener("pagehide", () => this.#lastly());
    form.addEventListener("submit", () => (clearTimeout(this.#timer), (this.unkept = false)));
    addEventListener("quietline:leaving", () => (this.unkept = false)); // in one action: nothing may be asked then
    addEventListener("beforeunload", (event) => this.unkept && event.preventDefault());
    form.addEventListener("formdata", ({ formData: sent }) => void (sent.set("page", PAGE), sent.set("revision", `${this.#known.get(this.key.value) ?? 0}`)));
    this.#recall();
    setTimeout(() => this.#recall(), PAUSE);
    // Signing out and this would race: the draft goes along with it.
    for (const leaving of document.querySelectorAll('form[action="/sign-out"]')) {
      leaving.addEventListener("formdata", (event) => {
        const { formData } = /** @type {FormDataEvent} */ (event);
        if (this.#changed() && this.field.value.length < AS_IT_GOES) formData.append("draft", JSON.stringify(this.#body(this.key.value, this.field.value)));
        this.kept = this.field.value;
      });
    }
  }

  get conversation() {
    const field = this.form.elements.namedItem("conversation");
    return /** @type {HTMLInputElement | RadioNodeList | null} */ (field)?.value ?? "";
  }

  /** A reloaded page hands over its last words when this one is on its way already: they are asked for once more. */
  async #recall() {
    if (this.#changed() || !this.conversation || location.search.includes("draft=")) return;
    const answer = await fetch(`/api/v1/drafts?conversation=${this.conversation}&kind=${this.kind}`).catch(() => undefined);
    const newest = answer?.ok && (await answer.json()).drafts[0];
    const known = newest && newest.id === this.key.value ? (this.#known.get(newest.id) ?? 0) : 0;
    if (!newest || newest.revision <= known || this.#changed()) return;
    this.field.value = newest.text;
    this.#begin(newest.id, newest.revision, newest.text);
    tell(this.form, newest);
  }

  /** The words go their way under this key; what is written from now on is another draft. */
  take() {
    const key = this.key.value;
    clearTimeout(this.#timer);
    this.unkept = false;
    this.#begin(newKey(), 0, "");
    tell(this.form, {});
    return key;
  }

  /** @param {string} key @returns {boolean} whether the server may hold it */
  has(key) {
    return this.#known.has(key);
  }

  /** Sent: the record has it, and the server no draft any more. @param {string} key */
  forget(key) {
    this.#known.delete(key);
  }

  /** Thrown away. @param {string} key */
  drop(key) {
    if (!this.#known.delete(key)) return undefined;
    return fetch(`/api/v1/drafts/${key}?conversation=${this.conversation}`, { method: "DELETE" }).catch(() => undefined);
  }

  /**
   * @param {string} key
   * @param {string} text
   * @param {boolean} keepalive it goes on though the page is gone
   */
  put(key, text, keepalive = false) {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify(this.#body(key, text));
    this.#known.set(key, this.#known.get(key) ?? 0);
    return fetch(`/api/v1/drafts/${key}`, { method: "PUT", headers, body, keepalive }).catch(() => undefined);
  }

  keep() {
    clearTimeout(this.#timer);
    this.#asked = this.#asked.then(() => (this.#changed() ? this.#put() : undefined));
    return this.#asked;
  }

  #changed() {
    return this.field.value !== this.kept && Boolean(this.conversation);
  }

  /** @param {string} key @param {number} revision @param {string} kept */
  #begin(key, revision, kept) {
    this.key.value = key;
    this.kept = kept;
    if (revision) this.#known.set(key, revision);
  }

  /** @param {string} id @param {string} text */
  #body(id, text) {
    const { conversation, kind } = this;
    return { id, conversation, kind, revision: this.#known.get(id) ?? 0, text, page: PAGE, turn: ++turn };
  }

  async #put() {
    const [text, key] = [this.field.value, this.key.value];
    const emptied = !text.trim();
    const answer = await (emptied ? this.drop(key) : this.put(key, text));
    const draft = !answer?.ok ? undefined : emptied ? { id: key, revision: 0 } : await answer.json();
    if (key !== this.key.value) return; // sent meanwhile: the server knows it by its key
    this.unkept = !draft;
    if (draft) this.#begin(draft.id, draft.revision, text);
    tell(this.form, draft);
  }

  /** The page is going: no answer will be seen. */
  #lastly() {
    const { value: text } = this.field;
    if (this.#changed() && text.trim()) this.put(this.key.value, text, text.length < AS_IT_GOES);
    this.kept = text;
  }
}
