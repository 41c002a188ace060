/** As a person types it: without `--no-install`, npx would fetch a stranger's package where this one is not installed. */
export const program = "npx --no-install policy-routing";

export const loginOptions = `  --identity FILE          private key
  --known-hosts FILE       known host keys, in OpenSSH's form
  --insecure-ignore-host-key   take any host key
  --sudo                   run everything by sudo -n`;
export const hostOptions = `HOST is [USER@]NAME[:PORT] or an alias of ~/.ssh/config, which is honoured; root is the default user.
${loginOptions}`;
