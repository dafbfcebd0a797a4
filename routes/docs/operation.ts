// One call of the API: what it takes, what it answers, how curl makes it, and a form to try it.

import { html, inline, type Markup, prose } from './markup.ts'
import { boundsOf, type Schema, shapeOf, typeOf } from './schema.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema: Schema
  example?: unknown
}

interface Media {
  schema?: Schema
  example?: unknown
}

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
  'x-codeSamples': { source: string }[]
}

export interface Call {
  method: string
  path: string
  operation: Operation
}

export function callSection({ method, path, operation }: Call): Markup {
  return html`
<details class="call" id="${operation.operationId}">
<summary><span class="method ${method}">${method.toUpperCase()}</span> <span class="path">${path}</span> <span class="what">${operation.summary}</span></summary>
<div class="inside">
${prose(operation.description ?? operation.summary)}
${operation['x-codeSamples'].map(sample => copying(sample.source, 'curl'))}
${parameterTable(operation.parameters ?? [])}
${bodySection(operation)}
<h4>Answers</h4>
<table><tbody>${Object.entries(operation.responses).map(([status, answer]) => html`<tr><td class="status">${status}</td><td>${prose(answer.description)}</td></tr>`)}</tbody></table>
${exampleOf(operation)}
<h4>Try it</h4>
${tryForm({ method, path, operation })}
</div>
</details>`
}

/** Code with a button that copies it. */
function copying(text: string, kind: string): Markup {
  return html`<div class="copying ${kind}"><pre><code>${text}</code></pre><button type="button">copy</button></div>`
}

function parameterTable(parameters: readonly Parameter[]): Markup {
  if (parameters.length === 0) return html``
  return html`<h4>Parameters</h4>
<table><tbody>${parameters.map(parameterRow)}</tbody></table>`
}

function parameterRow(parameter: Parameter): Markup {
  const bounds = boundsOf(parameter.schema)
  const must = parameter.required ? html` <span class="must">required</span>` : ''
  return html`<tr><td><code>${parameter.name}</code>${must}</td>
<td><span class="type">${parameter.in} · ${typeOf(parameter.schema)}${bounds ? ` · ${bounds}` : ''}</span>
<p>${inline(parameter.description ?? parameter.schema.description ?? '')}</p></td></tr>`
}

function bodySection({ requestBody }: Operation): Markup {
  if (!requestBody) return html``
  const rows = Object.entries(requestBody.content).map(
    ([type, { schema }]) =>
      html`<tr><td><code>${type}</code></td><td><span class="type">${schema ? typeOf(schema) : ''}</span> ${inline(schema?.description ?? '')}</td></tr>`,
  )
  return html`<h4>Body</h4><table><tbody>${rows}</tbody></table>`
}

function exampleOf(operation: Operation): Markup {
  const media = Object.values(operation.responses['200']?.content ?? {})[0]
  if (!media) return html``
  const example = typeof media.example === 'string' ? media.example : JSON.stringify(media.example, null, 2)
  return html`${media.schema?.$ref ? html`<p class="type">${typeOf(media.schema)}</p>` : shapeOf(media.schema ?? {})}
${media.example === undefined ? '' : copying(example, 'example')}`
}

function tryForm({ method, path, operation }: Call): Markup {
  const bodies = Object.entries(operation.requestBody?.content ?? {}).filter(
    ([, media]) => media.example !== undefined,
  )
  return html`<form class="try" data-method="${method.toUpperCase()}" data-path="${path}">
<div class="fields">${(operation.parameters ?? []).map(parameterField)}</div>
${bodies.length > 0 ? bodyField(bodies) : ''}
<div class="row"><button class="send">Send</button> <span class="came" role="status"></span></div>
<pre hidden><code></code></pre>
</form>`
}

function parameterField({ name, in: place, schema, required }: Parameter): Markup {
  const choices = schema.enum ?? (schema.type === 'boolean' ? ['true', 'false'] : undefined)
  const input = choices
    ? html`<select name="${name}" data-in="${place}"><option value="">${String(schema.default ?? '–')}</option>${choices.map(choice => html`<option>${String(choice)}</option>`)}</select>`
    : html`<input name="${name}" data-in="${place}" placeholder="${String(schema.default ?? schema.example ?? '')}" autocomplete="off"${required ? html` required` : ''}>`
  return html`<label>${name}${input}</label>`
}

function bodyField(bodies: readonly [string, Media][]): Markup {
  const example = bodies[0]![1].example
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2)
  return html`<label>content-type<select name="content-type">${bodies.map(([type]) => html`<option>${type}</option>`)}</select></label>
<label>body<textarea spellcheck="false">${text}</textarea></label>`
}
