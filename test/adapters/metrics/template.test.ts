import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { TemplateError } from "../../../src/adapters/metrics/template/error.ts";
import { parseTemplate, type QueryFacts, renderQuery } from "../../../src/adapters/metrics/template.ts";

/**
 * goTemplate.cases.json was written by Go itself (1.26): a small program parsed and ran each text with text/template,
 * option missingkey=error, no data, and functions answering `facts`, and wrote down the output, or that it failed.
 * To extend it, run new texts through Go in the same way; never write down what ought to come out.
 */
interface Table {
  readonly facts: QueryFacts;
  readonly cases: readonly {
    readonly template: string;
    readonly variables?: Record<string, string>;
    readonly output?: string;
    readonly error?: boolean;
  }[];
}

const table: Table = JSON.parse(readFileSync(new URL("goTemplate.cases.json", import.meta.url), "utf8"));
const { facts } = table;

describe("templates render as Go renders them", () => {
  for (const { template, variables = facts.variables, output } of table.cases) {
    test(JSON.stringify(template), () => {
      const render = () => renderQuery(template, { ...facts, variables });
      if (output === undefined) assert.throws(render, TemplateError);
      else assert.equal(render(), output);
    });
  }
});

describe("an error says where and what", () => {
  const cases: Record<string, { template: string; line: number; column: number; problem: RegExp }> = {
    "an unknown function": { template: "a\n  {{ foo }}", line: 2, column: 6, problem: /^function "foo" not defined$/ },
    "columns count characters": { template: "{{ `é😀` }}{{ foo }}", line: 1, column: 14, problem: /not defined/ },
    "a missing variable": {
      template: "x{{ variables.nope }}",
      line: 1,
      column: 14,
      problem: /no entry for key "nope"/,
    },
    "data instead of variables": {
      template: "{{ .foo }}",
      line: 1,
      column: 4,
      problem: /did you mean variables\.foo\?/,
    },
    "a missing end": { template: "a{{ if true }}\nb", line: 1, column: 5, problem: /\{\{end\}\} is missing/ },
    "an action left open": { template: "\n{{ name", line: 2, column: 1, problem: /unclosed action/ },
    define: { template: '{{ define "x" }}{{ end }}', line: 1, column: 4, problem: /\{\{define\}\} is not supported/ },
    template: { template: '{{ template "x" }}', line: 1, column: 4, problem: /\{\{template\}\} is not supported/ },
    block: { template: '{{ block "x" . }}{{ end }}', line: 1, column: 4, problem: /\{\{block\}\} is not supported/ },
    "half a character": { template: '{{ slice "é" 1 }}', line: 1, column: 4, problem: /cuts a character/ },
    "not UTF-8": { template: '{{ "\\xff" }}', line: 1, column: 4, problem: /not UTF-8/ },
    "printf's sharp flag": { template: '{{ printf "%#v" 1 }}', line: 1, column: 4, problem: /flag # is not supported/ },
    "a hexadecimal float": {
      template: '{{ printf "%x" 1.5 }}',
      line: 1,
      column: 4,
      problem: /not supported by printf/,
    },
  };
  for (const [name, { template, line, column, problem }] of Object.entries(cases))
    test(name, () => {
      assert.throws(
        () => renderQuery(template, facts),
        (error) => {
          assert.ok(error instanceof TemplateError);
          assert.deepEqual({ line: error.line, column: error.column }, { line, column });
          assert.match(error.problem, problem);
          assert.equal(error.message, `template line ${line}, column ${column}: ${error.problem}`);
          return true;
        },
      );
    });
});

describe("a template cannot run away", () => {
  const cases: Record<string, string> = {
    "an endless loop": "{{ range 9000000000000000000 }}{{ end }}",
    "a text that doubles": '{{ $x := "ab" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}',
    "a wide field": '{{ printf "%999999999d" 1 }}',
    "a wide field from an argument": '{{ printf "%*d" 999999999 1 }}',
    "deep parentheses": `{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`,
    "deep nesting": `${"{{if 1}}".repeat(100_000)}${"{{end}}".repeat(100_000)}`,
    "a long chain of else if": `{{if 0}}${"{{else if 0}}".repeat(100_000)}{{end}}`,
  };
  for (const [name, template] of Object.entries(cases))
    test(name, () => {
      assert.throws(() => renderQuery(template, facts), TemplateError);
    });
});

test("what an error quotes is bounded", () => {
  assert.throws(
    () => renderQuery(`{{ ${"1".repeat(100_000)} }}`, facts),
    (error) => error instanceof TemplateError && error.message.length < 400,
  );
});

test("syntax is judged without facts", () => {
  assert.throws(() => parseTemplate("{{ if }}"), TemplateError);
  const template = parseTemplate("{{ variables.a }}");
  assert.equal(template.render({ ...facts, variables: { a: "1" } }), "1");
  assert.equal(template.render({ ...facts, variables: { a: "2" } }), "2");
});

describe("no text makes rendering throw anything but a TemplateError", () => {
  const piece = fc
    .constantFrom(
      "{{",
      "}}",
      "{{-",
      "-}}",
      " ",
      "if",
      "range",
      "end",
      "else",
      "with",
      "$x",
      ":=",
      "=",
      "|",
      "(",
      ")",
      ",",
    )
    .chain((one) =>
      fc.oneof(fc.constant(one), fc.string({ unit: "binary", maxLength: 4 }), fc.string({ maxLength: 3 })),
    );
  const word = fc.constantFrom(
    "name",
    "variables",
    ".foo",
    "printf",
    '"%[1]*.3d%"',
    "'a'",
    "1.5",
    "nil",
    "index",
    "slice",
    "eq",
    "lt",
    "3",
    "html",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.oneof(piece, word), { maxLength: 20 }).map((pieces) => pieces.join("")),
  );
  const action = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => `{{ ${words.join(" ")} }}`);
  test("any text", () => {
    fc.assert(fc.property(fc.oneof(texts, action), fc.dictionary(fc.string(), fc.string()), onlyTemplateErrors), {
      numRuns: 3000,
    });
  });
});

function onlyTemplateErrors(text: string, variables: Record<string, string>): void {
  try {
    assert.equal(typeof renderQuery(text, { ...facts, variables }), "string");
  } catch (error) {
    assert.ok(error instanceof TemplateError, String(error));
  }
}
