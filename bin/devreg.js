#!/usr/bin/env node
/** The command-line tool's door. */
import { start } from './start.js';

start('devreg.js');
