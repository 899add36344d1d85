import { addresses, withQuery } from '../addresses.ts'
import { Guard, TextField } from '../parts/form.tsx'
import { Icon, Mark } from '../parts/icon.tsx'
import { page } from '../parts/shell.tsx'
import type { View } from '../view.ts'

/** How people can sign in here. `local` are accounts of the embedded default; `openId` is the name of the provider. */
export interface SignIn {
  readonly local: boolean
  readonly openId: string | null
  /** Shown for the embedded default: where name and password can be found. */
  readonly hint: boolean
  /** The name as it was given, and why it was not let in, in the reader's language. */
  readonly name: string
  readonly fault: string | null
  /** Path to return to. */
  readonly next: string
}

export function signInPage(view: View, data: SignIn): string {
  const words = view.t.signIn
  return page(
    view,
    { title: words.title, plain: true },
    <div class="sign-in card">
      <p class="sign-in-mark">
        <Mark />
        <span>{words.about}</span>
      </p>
      <h1>{words.title}</h1>
      {data.fault !== null && (
        <p class="alarm" role="alert">
          <Icon name="octagon-x" />
          {data.fault}
        </p>
      )}
      {data.local && (
        <form class="act" action={addresses.signIn} method="post">
          <Guard view={view} />
          <input type="hidden" name="next" value={data.next} />
          <TextField id="name" label={words.name} value={data.name} autocomplete="username" required />
          <TextField id="password" label={words.password} type="password" autocomplete="current-password" required />
          <button class="main">{words.button}</button>
        </form>
      )}
      {data.openId !== null && (
        <a class={data.local ? 'button' : 'button main'} href={withQuery(addresses.openId, { next: data.next })}>
          {words.openId(data.openId)}
        </a>
      )}
      {data.hint && <p class="hint">{words.hint}</p>}
    </div>,
  )
}
