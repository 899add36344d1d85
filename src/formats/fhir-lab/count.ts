/**
 * How many results a message holds, counted without reading it: every object that says it is an Observation, wherever it
 * stands, every component of one, and every document of a report without results. What was mapped and what was kept must
 * add up to this.
 */
export function countResults(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one: unknown) => sum + countResults(one), 0)
  if (typeof value !== 'object' || value === null) return 0
  const members = value as Readonly<Record<string, unknown>>
  let count = 0
  if (members['resourceType'] === 'Observation') count += 1 + lengthOf(members['component'])
  if (members['resourceType'] === 'DiagnosticReport' && !Array.isArray(members['result'])) {
    count += lengthOf(members['presentedForm'])
  }
  for (const key in members) count += countResults(members[key])
  return count
}

function lengthOf(value: unknown): number {
  if (!Array.isArray(value)) return 0
  return value.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one)).length
}
