// Metrics as Prometheus reads them (text exposition format 0.0.4).

import type { Metric } from '../src/contract/service.ts'

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

export function toPrometheus(metrics: readonly Metric[]): string {
  return metrics.map(metricText).join('')
}

function metricText({ name, kind, help, samples }: Metric): string {
  const lines = samples.map(
    ({ labels, value, suffix }) => `${name}${suffix ?? ''}${labelText(labels)} ${numberText(value)}\n`,
  )
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n${lines.join('')}`
}

function labelText(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}
