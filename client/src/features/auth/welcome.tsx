import type { ReactNode } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { Logo } from '../../ui/logo.tsx';
import { Ticks } from '../../ui/ticks.tsx';

/** Around the forms of somebody who is not signed in. */
export function Welcome({ title, notice, children }: { title: string; notice?: string | undefined; children: ReactNode }) {
  const { name, tagline } = useTexts();
  return (
    <div className="grid h-full overflow-y-auto bg-surface lg:grid-cols-[minmax(28rem,5fr)_6fr]">
      <main className="mx-auto flex w-full max-w-md flex-col justify-center px-6 py-10 sm:px-10">
        <div className="mb-8 flex items-center gap-3">
          <Logo className="size-11" />
          <span className="text-xl font-bold tracking-tight">{name}</span>
        </div>
        <h1 className="text-3xl font-bold tracking-tight text-balance">{title}</h1>
        <p className="mt-2 mb-7 text-soft text-pretty">{tagline}</p>
        {notice && (
          <p role="status" className="mb-6 rounded-xl bg-notice px-4 py-3 text-sm text-notice-ink">
            {notice}
          </p>
        )}
        {children}
      </main>
      <Picture />
    </div>
  );
}

/** What it will look like; says nothing that the page does not say. */
function Picture() {
  return (
    <div aria-hidden="true" className="hidden flex-col items-stretch justify-center gap-3 bg-mine p-12 text-ink lg:flex xl:p-24">
      <Bubble className="self-start bg-theirs">Did it arrive? I was in the tunnel.</Bubble>
      <Bubble className="self-end bg-accent text-on-accent" ticks>
        All three of them, in order.
      </Bubble>
      <Bubble className="self-start bg-theirs">Then I can stop asking 🙂</Bubble>
    </div>
  );
}

function Bubble({ className, ticks = false, children }: { className: string; ticks?: boolean; children: ReactNode }) {
  return (
    <p className={`flex max-w-96 items-end gap-3 rounded-3xl px-5 py-3.5 text-lg shadow-bubble ${className}`}>
      {children}
      {ticks && <Ticks progress="delivered" label="" className="mb-1.5" />}
    </p>
  );
}
