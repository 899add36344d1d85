/** The command line cannot be carried out as it stands: exit code 2. */
export class WrongUse extends Error {}

/** There is an answer, and it is bad: exit code 1. */
export class BadAnswer extends Error {}
