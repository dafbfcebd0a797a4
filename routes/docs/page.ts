// The docs page: the contract as one HTML file that needs nothing from elsewhere.

import type { OpenApiDocument } from '../openapi.ts'
import { html, Markup, prose } from './markup.ts'
import { type Call, callSection, type Operation } from './operation.ts'
import { type Schema, shapeOf, typeOf } from './schema.ts'
import { script } from './script.ts'
import { style } from './style.ts'

export function docsPage(document: OpenApiDocument): string {
  const calls = callsOf(document)
  const tags = document.tags ?? []
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>)
  const problems = Object.entries(document['x-problems'] as Record<string, ProblemKind>)
  return page(
    'Alluvium API',
    html`
<header class="bar">${strata}<strong>Alluvium</strong><span class="type">API v${document.info.version}</span><span class="space"></span>
<a class="far" href="/openapi.json">openapi.json</a><a class="far" href="/openapi.yaml">openapi.yaml</a>
<input id="key" type="password" placeholder="API key, to try calls" aria-label="API key" autocomplete="off">
<button id="theme" type="button" aria-label="light or dark">◐</button></header>
<div class="page">
<nav aria-label="Calls"><input id="filter" type="search" placeholder="Filter" aria-label="Filter">
${tags.map(tag => navGroup(tag.name, calls))}
<h4>reference</h4><ul><li><a href="#problems">Problems</a></li><li><a href="#schemas">Schemas</a></li></ul></nav>
<main>
<h1>An event knowledge service</h1>
<div class="lead">${prose(document.info.description ?? '')}</div>
${tags.map(
  tag => html`<h2 id="tag-${tag.name}">${tag.name}</h2><p class="lead">${tag.description}</p>
${calls.filter(call => call.operation.tags.includes(tag.name)).map(callSection)}`,
)}
<h2 id="problems">problems</h2><p class="lead">Tell them apart by code. The detail of an answer says what was wrong with that request.</p>
<table><tbody>${problems.map(problemRow)}</tbody></table>
<h2 id="schemas">schemas</h2>
${schemas.map(([name, schema]) => schemaSection(name, schema))}
</main></div>
<script>${new Markup(script)}</script>`,
  )
}

/** A whole page around its content. */
export function page(title: string, content: Markup): string {
  return `<!doctype html>${
    html`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${new Markup(style)}</style></head><body>${content}</body></html>`.text
  }\n`
}

/** Three layers, the uppermost the brightest. */
export const strata = html`<svg class="strata" viewBox="0 0 26 26" aria-hidden="true"><path d="M3 8c5-4 8 3 13 0s5-2 7-1"/><path d="M3 14c5-4 8 3 13 0s5-2 7-1"/><path d="M3 20c5-4 8 3 13 0s5-2 7-1"/></svg>`

interface ProblemKind {
  status: number
  title: string
  remedy: string
}

function callsOf(document: OpenApiDocument): Call[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      method,
      path,
      operation,
    })),
  )
}

function navGroup(tag: string, calls: readonly Call[]): Markup {
  const own = calls.filter(call => call.operation.tags.includes(tag))
  return html`<h4>${tag}</h4><ul>${own.map(({ method, operation }) => html`<li><a href="#${operation.operationId}"><span class="method ${method}">${method.toUpperCase()}</span>${operation.summary}</a></li>`)}</ul>`
}

function problemRow([code, { status, title, remedy }]: [string, ProblemKind]): Markup {
  return html`<tr id="problem-${code}"><td class="status">${status}</td><td><code>${code}</code></td><td>${title}. <span class="type">${remedy}</span></td></tr>`
}

function schemaSection(name: string, schema: Schema): Markup {
  return html`<h3 id="schema-${name}">${name}</h3>
${schema.description ? prose(schema.description) : ''}${schema.properties ? shapeOf(schema) : html`<p class="type">${typeOf(schema)}</p>`}`
}
