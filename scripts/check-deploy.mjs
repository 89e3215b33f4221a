#!/usr/bin/env node
// `npm run check-deploy`: chart, overlays, compose file and image, judged without a cluster. `--help` tells more.
import '../dist/scripts/check-deploy/main.js';
