/** HTML that is safe by its making: what is put into it is escaped, unless it is HTML already. */

export interface Markup {
  readonly html: string;
}

/** What may stand in the gaps of a template. Lists are put one after the other; undefined is nothing. */
export type Gap = string | number | Markup | undefined | readonly Gap[];

/** `markup\`<p>${text}</p>\``: the text is escaped. Gaps may stand in text and in quoted attributes. */
export function markup(parts: TemplateStringsArray, ...gaps: readonly Gap[]): Markup {
  return { html: parts.map((part, index) => part + rendered(gaps[index])).join("") };
}

function rendered(gap: Gap): string {
  if (gap === undefined) return "";
  if (typeof gap === "string") return escaped(gap);
  if (typeof gap === "number") return String(gap);
  if ("html" in gap) return gap.html;
  return gap.map(rendered).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that no HTML may hold become a sign that says so. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through.
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, "\ufffd")
      .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "")
  );
}
