// `alluvium openapi`: the contract of the HTTP interface, generated from its routes.

import { type Command, exitCodes } from './command.ts'
import { operandsExactly } from './parse.ts'

export const openapi: Command = {
  name: 'openapi',
  summary: 'print the OpenAPI 3.1 description of the HTTP interface, as YAML',
  flags: {},
  examples: [{ line: 'alluvium openapi > openapi.yaml', text: 'for a client generator' }],
  async run(input, io) {
    operandsExactly(input, [])
    // Loaded here, so that no other command pays for the routes.
    const { openapiYaml } = await import('../../routes/openapi.ts')
    io.stdout.write(await openapiYaml())
    return exitCodes.ok
  },
}
