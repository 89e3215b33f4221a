# Every target calls the npm script of the same name, so `npm run X` does the same where make is missing.
.PHONY: start test dev build check demo-replay chaos bench timing check-deploy sync-docs clean

start:        ; @node scripts/start.mjs
test:         ; @node scripts/test.mjs
dev:          ; @node scripts/prepare.mjs --with-nats && npm run -s dev
build:        ; @node scripts/prepare.mjs
check:        ; @node scripts/test.mjs --only=format,lint,types,walls,unit
demo-replay:  ; @node scripts/prepare.mjs && npm run -s demo-replay
chaos:        ; @node scripts/prepare.mjs --with-nats && npm run -s chaos
bench:        ; @node scripts/prepare.mjs --with-nats && npm run -s bench
timing:       ; @node scripts/prepare.mjs --with-nats && npm run -s timing
check-deploy: ; @node scripts/prepare.mjs && npm run -s check-deploy
sync-docs:    ; @node scripts/prepare.mjs && npm run -s sync-docs
clean:        ; @rm -rf dist coverage
