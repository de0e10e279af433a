#!/usr/bin/env node
/** The registry's own door, which the container image has. */
import { start } from './start.js';

start('registry.js');
