// What the docs page does in the browser: copy, filter, theme, and try a call. The key stays in the page's memory.
// Kept in ASCII, because some bundlers escape other characters even in raw text.

export const script = String.raw`
'use strict'
const all = selector => [...document.querySelectorAll(selector)]
const root = document.documentElement

for (const code of all('.curl code')) code.textContent = code.textContent.replaceAll('http://localhost:8420', location.origin)

for (const button of all('.copying > button')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent)
    button.textContent = 'copied'
    setTimeout(() => { button.textContent = 'copy' }, 1500)
  })
}

document.querySelector('#theme').addEventListener('click', () => {
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = isDark ? 'light' : 'dark'
})

document.querySelector('#filter').addEventListener('input', event => {
  const words = event.target.value.toLowerCase().split(/\s+/)
  for (const item of all('nav li')) item.hidden = !words.every(word => item.textContent.toLowerCase().includes(word))
})

function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target) return
  if (target.tagName === 'DETAILS') target.open = true
  target.scrollIntoView()
}
addEventListener('hashchange', openTarget)
openTarget()

for (const form of all('form.try')) {
  form.addEventListener('submit', async event => {
    event.preventDefault()
    const came = form.querySelector('.came')
    const answer = form.querySelector('pre')
    came.textContent = 'sending \u2026'
    const startedMs = performance.now()
    try {
      const response = await send(form)
      const text = await response.text()
      const ms = Math.round(performance.now() - startedMs)
      came.textContent = response.status + ' ' + response.statusText + ' \u00b7 ' + ms + ' ms \u00b7 ' + text.length + ' characters'
      answer.firstChild.textContent = (text.length < 200000 && tidy(text)) || text.slice(0, 200000) || '(no body)'
      answer.hidden = false
    } catch (error) {
      came.textContent = String(error)
    }
  })
}

function send(form) {
  let path = form.dataset.path
  const query = new URLSearchParams()
  const headers = {}
  const key = document.querySelector('#key').value.trim()
  if (key) headers.authorization = 'Bearer ' + key
  for (const field of form.querySelectorAll('[data-in]')) {
    if (field.value === '') continue
    if (field.dataset.in === 'path') path = path.replace('{' + field.name + '}', encodeURIComponent(field.value))
    if (field.dataset.in === 'query') query.set(field.name, field.value)
    if (field.dataset.in === 'header') headers[field.name] = field.value
  }
  const body = form.querySelector('textarea')
  const type = form.querySelector('select[name="content-type"]')
  if (type) headers['content-type'] = type.value
  const search = query.size ? '?' + query : ''
  return fetch(path + search, { method: form.dataset.method, headers, ...(body && { body: body.value }) })
}

/** Line breaks for reading, unless that would change a number. */
function tidy(text) {
  try {
    const value = JSON.parse(text)
    return JSON.stringify(value) === text ? JSON.stringify(value, null, 2) : text
  } catch {
    return text
  }
}
`
