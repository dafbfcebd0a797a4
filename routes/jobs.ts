// Jobs: work on stored events that takes longer than a request may. A job is started, and then looked at until it has
// ended.

import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { formatTime } from '../src/base/rfc3339.ts'
import { slugSchema } from '../src/contract/envelope.ts'
import { type Job, jobKinds, jobStates } from '../src/contract/jobs.ts'
import { Refused } from '../src/contract/refused.ts'
import { type Answer, curl, json, jsonAnswer, keyProblems, problemAnswers, withKey } from './answers.ts'
import { needs, tenantOf } from './auth.ts'
import { type Env, newRouter, type Router } from './context.ts'
import { invalid, strict } from './invalid.ts'
import { parseJson, readJsonText } from './json-body.ts'
import { idText, present } from './parameters.ts'
import { timeSchema } from './search-body.ts'

export function jobsRoutes(): Router {
  const router = newRouter()
  router.openAPIRegistry.register('JobStart', startSchema)
  return router
    .openapi(startRoute, async c => {
      const { from, until, pack, unread_only, ...asked } = await readStart(c)
      const job = await c.var.app.jobs.start({
        ...{ tenant: tenantOf(c), ...asked, unreadOnly: unread_only },
        ...present({ fromMs: from, untilMs: until, pack }),
      })
      return c.body(JSON.stringify(jobJson(job)), 202, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        location: `/v1/jobs/${job.jobId}`,
      })
    })
    .openapi(listRoute, async c => {
      const jobs = await c.var.app.jobs.list(tenantOf(c))
      return json(c, { jobs: jobs.map(jobJson) })
    })
    .openapi(getRoute, async c => {
      const { job_id } = c.req.valid('param')
      const job = await c.var.app.jobs.get(tenantOf(c), job_id)
      if (job) return json(c, jobJson(job))
      throw new Refused(
        'not_found',
        `there is no job ${JSON.stringify(job_id)}; jobs are forgotten when the service stops, and may be started again`,
      )
    })
}

const startSchema = strict({
  kind: z.enum(jobKinds).describe('`rederive`: events are read again by the newest version of their pack'),
  stream: slugSchema.default('events').describe('the stream'),
  from: timeSchema.optional().describe('segments that hold events from this time on'),
  until: timeSchema.optional().describe('segments that hold events before this time'),
  pack: slugSchema
    .optional()
    .describe('reads all events, instead of the pack that each came with; `auto` is one too'),
  unread_only: z.boolean().default(false).describe('only where a batch could not be read'),
})

const jobSchema = z
  .object({
    job_id: z.string(),
    kind: z.enum(jobKinds),
    stream: z.string(),
    from: z.iso.datetime().nullable(),
    until: z.iso.datetime().nullable(),
    pack: z.string().nullable().describe('null for the pack that each event came with'),
    unread_only: z.boolean(),
    state: z.enum(jobStates),
    segments: z.int().nullable().describe('segments to be looked at; null before it runs'),
    segments_done: z.int(),
    events: z.int().describe('events that were read again'),
    unread_events: z.int().describe('those of them that still can’t be read'),
    created: z.iso.datetime(),
    ended: z.iso.datetime().nullable(),
    error: z.string().nullable().describe('why it failed'),
  })
  .openapi('Job')
type JobAnswer = z.input<typeof jobSchema>

const jobExample: JobAnswer = {
  job_id: 'rederive-1748779200000-1',
  kind: 'rederive',
  stream: 'events',
  from: null,
  until: null,
  pack: null,
  unread_only: false,
  state: 'running',
  segments: 30,
  segments_done: 12,
  events: 4_807_113,
  unread_events: 0,
  created: '2025-06-01T12:00:00.000Z',
  ended: null,
  error: null,
}

const startRoute = createRoute({
  method: 'post',
  path: '/v1/jobs',
  operationId: 'startJob',
  tags: ['jobs'],
  summary: 'Start a job',
  description:
    'Begins to work on what is stored, in the background. Jobs run one after the other. What one has done stays when it is interrupted: started again, it does the rest. Scope `admin`.',
  security: withKey,
  middleware: needs('admin'),
  request: {
    query: strict({}),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/JobStart' },
          example: { kind: 'rederive', stream: 'events', from: '2025-06-01T00:00:00Z' },
        },
      },
    },
  },
  responses: {
    202: jsonAnswer('The job, to be looked at under `Location`', jobSchema, {
      ...jobExample,
      state: 'waiting',
      segments: null,
      segments_done: 0,
      events: 0,
    }),
    ...problemAnswers(
      'bad_request',
      'empty_body',
      'bad_content_encoding',
      ...keyProblems,
      'timeout',
      'body_too_large',
      'unsupported_media_type',
      'queue_full',
      'not_ready',
    ),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/jobs \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"kind":"rederive","stream":"events"}'`),
})

const listRoute = createRoute({
  method: 'get',
  path: '/v1/jobs',
  operationId: 'listJobs',
  tags: ['jobs'],
  summary: 'List jobs',
  description: 'Those that were started since the service was, the newest first. Scope `admin`.',
  security: withKey,
  middleware: needs('admin'),
  request: { query: strict({}) },
  responses: {
    200: jsonAnswer('The jobs', z.object({ jobs: z.array(jobSchema) }).openapi('Jobs'), {
      jobs: [jobExample],
    }),
    ...problemAnswers('bad_request', ...keyProblems),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/jobs \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

const getRoute = createRoute({
  method: 'get',
  path: '/v1/jobs/{job_id}',
  operationId: 'getJob',
  tags: ['jobs'],
  summary: 'Look at a job',
  description: 'How far it is, or how it ended. Scope `admin`.',
  security: withKey,
  middleware: needs('admin'),
  request: {
    params: z.object({ job_id: idText.openapi({ example: jobExample.job_id }) }),
    query: strict({}),
  },
  responses: {
    200: jsonAnswer('The job', jobSchema, jobExample),
    ...problemAnswers('bad_request', ...keyProblems, 'not_found'),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/jobs/rederive-1748779200000-1 \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})

/** @throws Refused what is wrong with the body */
async function readStart(c: Context<Env>): Promise<z.output<typeof startSchema>> {
  const text = await readJsonText(c, { what: 'a job', hint: 'say what to do, such as {"kind":"rederive"}' })
  const parsed = startSchema.safeParse(parseJson(text))
  if (!parsed.success) throw invalid('json', parsed.error)
  return parsed.data
}

function jobJson(job: Job): JobAnswer {
  const timeOf = (timeMs: number | undefined) => (timeMs === undefined ? null : formatTime(timeMs))
  return {
    job_id: job.jobId,
    kind: job.kind,
    stream: job.stream,
    from: timeOf(job.fromMs),
    until: timeOf(job.untilMs),
    pack: job.pack ?? null,
    unread_only: job.unreadOnly,
    state: job.state,
    segments: job.segmentCount ?? null,
    segments_done: job.segmentsDone,
    events: job.events,
    unread_events: job.unreadEvents,
    created: formatTime(job.createdMs),
    ended: timeOf(job.endedMs),
    error: job.error ?? null,
  }
}
