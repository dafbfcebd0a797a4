// Is it alive, may it be sent requests, and what has it counted.

import { createRoute, z } from '@hono/zod-openapi'
import { Refused } from '../src/contract/refused.ts'
import { type Answer, curl, json, jsonAnswer, keyProblems, problemAnswers, withKey } from './answers.ts'
import { needs } from './auth.ts'
import { newRouter, type Router } from './context.ts'
import { prometheusType, toPrometheus } from './prometheus.ts'

export function healthRoutes(): Router {
  return newRouter()
    .openapi(livenessRoute, c => json(c, { status: 'ok' }))
    .openapi(readinessRoute, async c => {
      const { ready, reasons, details } = await c.var.app.service.readiness()
      if (ready) return json(c, { ready, details })
      const errors = reasons.map(reason => ({ path: '', code: reason, message: meanings[reason] ?? reason }))
      throw new Refused('not_ready', errors.map(({ message }) => message).join('; ') || 'not ready', {
        errors,
      })
    })
    .openapi(metricsRoute, async c => {
      const { service, traffic, intake } = c.var.app
      const text = toPrometheus([...(await service.metrics()), ...traffic.metrics(intake)])
      return c.body(text, 200, { 'content-type': prometheusType, 'cache-control': 'no-store' })
    })
}

/** What a reason for not being ready means to whoever operates the service. */
const meanings: Record<string, string> = {
  recovering: 'the log is being read back after a restart',
  disk_full: 'the disk is too full to take more events; reads go on',
  queue_full: 'more is waiting to be indexed than the bound allows',
  draining: 'the service is stopping',
  failed: 'writing has failed, and the service must be restarted',
}

const livenessRoute = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'getHealth',
  tags: ['operation'],
  summary: 'Is the process alive',
  security: [],
  responses: {
    200: jsonAnswer('It is', z.object({ status: z.literal('ok') }).openapi('Health'), { status: 'ok' }),
  } as Record<number, Answer>,
  ...curl('curl -sS http://localhost:8420/healthz'),
})

const readinessRoute = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'getReadiness',
  tags: ['operation'],
  summary: 'May it be sent requests',
  description:
    '503 while recovering, out of disk, over the mark of the queue, or stopping; `errors[].code` says which.',
  security: [],
  responses: {
    200: jsonAnswer(
      'It may',
      z
        .object({
          ready: z.literal(true),
          details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        })
        .openapi('Readiness'),
      { ready: true, details: { queue_bytes: 0 } },
    ),
    ...problemAnswers('not_ready'),
  } as Record<number, Answer>,
  ...curl('curl -sS http://localhost:8420/readyz'),
})

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  tags: ['operation'],
  summary: 'Metrics for Prometheus',
  description: 'Text exposition format 0.0.4. Over all tenants, and therefore scope `admin`.',
  security: withKey,
  middleware: needs('admin'),
  responses: {
    200: {
      description: 'The metrics',
      content: {
        'text/plain': {
          schema: { type: 'string' },
          example:
            '# HELP alluvium_intake_bytes Bytes of request bodies in memory.\n# TYPE alluvium_intake_bytes gauge\nalluvium_intake_bytes 0\n',
        },
      },
    },
    ...problemAnswers(...keyProblems),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/metrics \\
  -H "authorization: Bearer $ALLUVIUM_KEY"`),
})
