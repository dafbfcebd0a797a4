import { describeRuntime } from './runtime.suite.ts'
import { workerdPlace } from './workerd.ts'

describeRuntime('workerd', workerdPlace)
