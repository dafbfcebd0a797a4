import { it } from 'vitest'
import { fuzz } from './fuzzing.ts'

it('no bytes are lost, doubled, or taken for what they are not', () => fuzz(1, 10_000))
