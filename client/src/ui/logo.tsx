/** Two speech bubbles, one answering the other. */
export function Logo({ className = 'size-10' }: { className?: string }) {
  return <img src="/icon.svg" alt="" className={className} />;
}
