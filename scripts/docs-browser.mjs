// docs-browser.mjs TOOLS CHROMIUM SITE: opens every page of a built site at desktop and phone
// widths, with each tab selected. Fails if an element is wider than the page or if axe-core finds a
// violation. Blocks requests to other sites.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [tools, executablePath, folder] = process.argv.slice(2);
const { chromium } = createRequire(resolve(tools, 'package.json'))('playwright-core');
const axe = readFileSync(join(tools, 'node_modules/axe-core/axe.min.js'), 'utf8');
const site = resolve(folder);
const WIDTHS = [1280, 390];

/** Elements that are wider than the page, with each tab selected. Runs in the page. */
function tooWide() {
  const found = new Set();
  const room = document.documentElement.clientWidth;
  const scrolls = (element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
  const name = (element) => `${element.tagName} ${element.textContent.trim().replace(/\s+/g, ' ').slice(0, 60)}`;
  const article = document.querySelector('article');
  const sets = [...document.querySelectorAll('.tabbed-set')].map((set) => [...set.querySelectorAll(':scope > input')]);
  for (let tab = 0; tab < Math.max(1, ...sets.map((inputs) => inputs.length)); tab++) {
    for (const inputs of sets) if (inputs[tab]) inputs[tab].checked = true;
    if (document.documentElement.scrollWidth > room) found.add('the page scrolls sideways');
    for (const element of article.querySelectorAll('*')) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.right <= room + 1) continue;
      let outer = element;
      while (outer !== article && (outer === element || !scrolls(outer))) outer = outer.parentElement;
      if (outer === article) found.add(`wider than the page: ${name(element)}`);
    }
    // Code that is wider than its box needs a box that scrolls.
    for (const code of article.querySelectorAll('pre > code, pre')) {
      if (code.scrollWidth > code.clientWidth + 1 && !scrolls(code)) found.add(`code overflows its box: ${name(code)}`);
    }
  }
  return [...found];
}

/** Whether all scrollable code is reachable by keyboard. Runs in the page. */
function reachable() {
  return [...document.querySelectorAll('pre > code')].every(
    (code) => code.offsetParent === null || code.scrollWidth <= code.clientWidth || code.tabIndex >= 0,
  );
}

const files = readdirSync(site, { recursive: true, encoding: 'utf8' })
  // The links of 404.html start at the root of the published site.
  .filter((path) => path.endsWith('.html') && !path.startsWith('api') && path !== '404.html');
if (files.length === 0) throw new Error(`${site} has no pages`);

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--allow-file-access-from-files'] });
const context = await browser.newContext({ reducedMotion: 'reduce', bypassCSP: true });
await context.route(/^https?:/, (route) => route.abort());
const problems = [];
async function visit(path) {
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`${path}: script error: ${error.message}`));
  await page.goto(pathToFileURL(join(site, path)).href, { waitUntil: 'load' });
  await page.evaluate(axe);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const found = await page.evaluate(tooWide);
    // The theme makes scrollable code focusable some frames after a tab is selected.
    await page.waitForFunction(reachable, undefined, { timeout: 5000 }).catch(() => {});
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    for (const { id, help, nodes } of violations) {
      found.push(`axe ${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' and ')}`);
    }
    problems.push(...found.map((text) => `${path} at ${width}: ${text}`));
  }
  await page.close();
}
const left = [...files];
const worker = async () => {
  for (let path = left.shift(); path !== undefined; path = left.shift()) await visit(path);
};
try {
  await Promise.all([worker(), worker()]);
} finally {
  await browser.close();
}
for (const problem of problems) console.log(problem);
console.log(`${files.length} pages in Chromium at ${WIDTHS.join(' and ')} pixels: ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
