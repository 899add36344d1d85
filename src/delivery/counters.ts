/** What one node did for one destination since it started, and what it is doing. For /metrics. */
export interface Counters {
  claimed: number
  sent: number
  asked: number
  acknowledged: number
  pending: number
  refused: number
  failed: number
  unknown: number
  leasesLost: number
  returned: number
  inFlight: number
  ready: number
}

export function newCounters(): Counters {
  return {
    claimed: 0,
    sent: 0,
    asked: 0,
    acknowledged: 0,
    pending: 0,
    refused: 0,
    failed: 0,
    unknown: 0,
    leasesLost: 0,
    returned: 0,
    inFlight: 0,
    ready: 0,
  }
}
