import { parseError } from "./errors.ts";
import {
  type Aggregation,
  type Binary,
  type Call,
  COMPARISONS,
  type Expression,
  type ExpressionType,
  SET_OPERATORS,
} from "./expression.ts";
import { parameterOf, signatureOf } from "./signatures.ts";

/** The type of an expression, once it is known that all within it fit together; otherwise the first thing that does not. */
export function check(query: string, expression: Expression): ExpressionType {
  switch (expression.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "selector":
      return "instant vector";
    case "range":
      return "range vector";
    case "paren":
      return check(query, expression.of);
    case "subquery": {
      const type = check(query, expression.of);
      if (type === "instant vector") return "range vector";
      throw parseError(query, expression.position, `subquery is only allowed on instant vector, got ${type} instead`);
    }
    case "sign": {
      const type = check(query, expression.of);
      if (type === "scalar" || type === "instant vector") return type;
      const message = `unary expression only allowed on expressions of type scalar or instant vector, got "${type}"`;
      throw parseError(query, expression.position, message);
    }
    case "call":
      return checkCall(query, expression);
    case "aggregation":
      return checkAggregation(query, expression);
    case "binary":
      return checkBinary(query, expression);
  }
}

function demand(query: string, expression: Expression, wanted: ExpressionType, where: string): void {
  const type = check(query, expression);
  if (type !== wanted) throw parseError(query, expression.position, `expected type ${wanted} in ${where}, got ${type}`);
}

function checkCall(query: string, { name, args, position }: Call): ExpressionType {
  const known = signatureOf(name);
  if (known === undefined) throw parseError(query, position, `unknown function with name ${JSON.stringify(name)}`);
  const { optional, returns } = known;
  const most = optional === "any" ? Number.POSITIVE_INFINITY : known.args.length;
  const least = known.args.length - (optional === "any" ? 1 : optional);
  const told = `argument(s) in call to ${JSON.stringify(name)}, got ${args.length}`;
  if (least === most && args.length !== most) throw parseError(query, position, `expected ${most} ${told}`);
  if (args.length < least) throw parseError(query, position, `expected at least ${least} ${told}`);
  if (args.length > most) throw parseError(query, position, `expected at most ${most} ${told}`);
  args.forEach((arg, at) => {
    const wanted = known.args[Math.min(at, known.args.length - 1)] ?? "scalar";
    demand(query, arg, wanted, `call to function ${JSON.stringify(name)}`);
  });
  return returns;
}

function checkAggregation(query: string, { operator, of, parameter }: Aggregation): ExpressionType {
  demand(query, of, "instant vector", "aggregation expression");
  const wanted = parameterOf(operator);
  if (wanted !== undefined && parameter !== undefined) demand(query, parameter, wanted, "aggregation parameter");
  return "instant vector";
}

function checkBinary(query: string, binary: Binary): ExpressionType {
  const { operator, answers, position, matching } = binary;
  const left = check(query, binary.left);
  const right = check(query, binary.right);
  const wrong = (message: string) => parseError(query, position, message);
  const isNumeric = (type: ExpressionType) => type === "scalar" || type === "instant vector";
  const isOfScalars = left === "scalar" && right === "scalar";
  const isOfVectors = left === "instant vector" && right === "instant vector";
  const isSet = SET_OPERATORS.includes(operator);
  if (answers === "bool" && !COMPARISONS.includes(operator))
    throw wrong("bool modifier can only be used on comparison operators");
  if (COMPARISONS.includes(operator) && answers === "values" && isOfScalars)
    throw wrong("comparisons between scalars must use BOOL modifier");
  if (!isNumeric(left) || !isNumeric(right)) {
    const stranger = isNumeric(left) ? binary.right : binary.left;
    const message = "binary expression must contain only scalar and instant vector types";
    throw parseError(query, stranger.position, message);
  }
  const misplaced = (message: string) => parseError(query, binary.left.position, message);
  if (matching !== undefined) {
    const twice = matching.by === "on" ? matching.labels.find((name) => matching.include.includes(name)) : undefined;
    if (twice !== undefined)
      throw misplaced(`label ${JSON.stringify(twice)} must not occur in ON and GROUP clause at once`);
    if (!isOfVectors && (matching.labels.length > 0 || matching.many !== "none"))
      throw misplaced("vector matching only allowed between instant vectors");
    if (isSet && matching.many !== "none") throw misplaced(`no grouping allowed for "${operator}" operation`);
  }
  if (isSet && !isOfVectors) throw misplaced(`set operator "${operator}" not allowed in binary scalar expression`);
  return isOfScalars ? "scalar" : "instant vector";
}
