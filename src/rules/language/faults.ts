/** An expression that cannot be evaluated on this object: text where a number belongs, several values where one belongs. */
export class EvaluationError extends Error {}

/** Something only the reference implementation does; the caller evaluates the whole expression there. */
export class Beyond extends Error {}

/** An expression that is no FHIRPath; `at` counts characters from 0. */
export class SyntaxFault extends Error {
  readonly at: number

  constructor(at: number, expected: string) {
    super(expected)
    this.at = at
  }
}
