// Jobs: work on what is stored already that takes longer than a request may. The tenant in every call comes from the key
// alone. A job is remembered until the service stops; what it has published by then stays, and starting it again does the
// rest.

/** Jobs that are remembered, running and waiting ones among them; the first that ended goes first. */
export const jobsMax = 1000

/** `rederive`: events are read again by the newest version of their pack. */
export const jobKinds = ['rederive'] as const
export type JobKind = (typeof jobKinds)[number]

export const jobStates = ['waiting', 'running', 'done', 'failed'] as const
export type JobState = (typeof jobStates)[number]

export interface JobRequest {
  tenant: string
  kind: JobKind
  stream: string
  /** segments whose slices touch [fromMs, untilMs) */
  fromMs?: number
  untilMs?: number
  /** reads all events, instead of the pack that each came with */
  pack?: string
  /** only where a batch could not be read */
  unreadOnly: boolean
}

export interface Job extends JobRequest {
  jobId: string
  state: JobState
  /** not known before it runs */
  segmentCount: number | undefined
  segmentsDone: number
  /** events that were read again, and those of them that still can't be */
  events: number
  unreadEvents: number
  createdMs: number
  endedMs: number | undefined
  /** why it failed, and what to do */
  error: string | undefined
}

export interface JobsService {
  /** @throws Refused while nothing can be started, and for a pack that there is not */
  start(request: JobRequest): Promise<Job>
  /** The newest first. */
  list(tenant: string): Promise<Job[]>
  get(tenant: string, jobId: string): Promise<Job | undefined>
}
