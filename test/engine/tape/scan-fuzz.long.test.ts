import { it } from 'vitest'
import { fuzz } from './fuzzing.ts'

it(
  'no bytes are lost, doubled, or taken for what they are not, many times over',
  () => fuzz(1_000_000, 200_000),
  600_000,
)
