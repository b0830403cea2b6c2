import { Component, type ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';

/** A fault of ours must not leave an empty page behind. */
export class Crash extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}

export function Crashed() {
  const { crashed, reload } = useTexts();
  return (
    <Empty icon="alert" title={crashed}>
      <Button onClick={() => location.reload()}>{reload}</Button>
    </Empty>
  );
}
