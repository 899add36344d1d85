/** `stored`: in the database; `spooled`: on a node's disk when the receipt was given. */
export type CustodyLevel = 'stored' | 'spooled'
