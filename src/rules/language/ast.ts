import type { System } from './values.ts'

/** An expression of FHIRPath N1 as a tree. What this house does not compile itself is never a node: see `parseExpression`. */
export type Node =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | System }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'this' }
  | { readonly kind: 'index' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly target: Node | null; readonly name: string }
  | { readonly kind: 'indexer'; readonly target: Node; readonly at: Node }
  | { readonly kind: 'call'; readonly target: Node | null; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'negative'; readonly operand: Node }
  | { readonly kind: 'operator'; readonly name: string; readonly left: Node; readonly right: Node }
  | { readonly kind: 'type'; readonly name: 'is' | 'as'; readonly operand: Node; readonly type: string }

/** Every node of a tree, the tree itself first. */
export function nodesOf(node: Node): Node[] {
  return [node, ...partsOf(node).flatMap(nodesOf)]
}

function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'member':
      return node.target === null ? [] : [node.target]
    case 'indexer':
      return [node.target, node.at]
    case 'call':
      return node.target === null ? node.args : [node.target, ...node.args]
    case 'operator':
      return [node.left, node.right]
    case 'negative':
    case 'type':
      return [node.operand]
    default:
      return []
  }
}
