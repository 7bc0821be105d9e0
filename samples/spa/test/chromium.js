import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** The reason to skip a test that needs a browser, or false. */
export const noChromium = !existsSync(executablePath) && `CHROMIUM=${executablePath} does not exist`;

export const launch = (args = []) =>
  puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...args] });
