import { startStage, type Stage } from '../ledger/stage.ts'
import type { NodeParts, Stoppable } from './parts.ts'

/** Runs a stage on this node. It gives way while messages wait on this node's disk alone: those are stored first. */
export const startStageHere = ({ db, bell, log, accepting }: NodeParts, stage: Stage): Stoppable =>
  startStage({ db, bell, log }, stage, () => accepting.custodian().state === 'draining')
