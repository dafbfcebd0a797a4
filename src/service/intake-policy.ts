// How a stream is cut and what of it is refused, as the configuration of now has it. It goes into the frame of every batch.

import type { Config } from '../contract/config.ts'
import type { IntakePolicy } from '../contract/frames.ts'

export function policyOf(
  { limits, streams, slice_hours, retention_days }: Config,
  stream: string,
): IntakePolicy {
  const own = streams[stream]
  return {
    slice_hours: own?.slice_hours ?? slice_hours,
    retention_ms: (own?.retention_days ?? retention_days) * 86_400_000,
    late_ms: limits.late_hours * 3_600_000,
    future_ms: limits.future_hours_max * 3_600_000,
    batch_events_max: limits.batch_events_max,
    event_bytes_max: limits.event_bytes_max,
    event_depth_max: limits.event_depth_max,
    slices_max: limits.slices_max,
  }
}
