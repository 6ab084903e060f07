import type { SyntaxNode } from "@lezer/common";

/** The text that the positions of a syntax tree count in. */
export interface Source {
  readonly text: string;
}

/** What stands under a node, comments left out. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== "LineComment") children.push(child);
  return children;
}
