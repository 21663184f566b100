/** Turns mouse, pen and touch events into what they mean: hovering, tapping, zooming around a point, moving. */

/** A place relative to the watched element, in CSS pixels. */
export interface Point {
  x: number;
  y: number;
}

/** What a gesture asks for. */
export interface GestureEvents {
  hover(point: Point): void;
  leave(): void;
  tap(point: Point): void;
  /** `factor` below 1 zooms in. */
  zoom(point: Point, factor: number): void;
  /** Positive moves the view to the right. */
  pan(pixels: number): void;
}

/** A press that moves less than this stays a tap. */
const TAP_SLACK = 5;
const LINE_PIXELS = 16;
const WHEEL_ZOOM_PER_PIXEL = 0.0022;

/** Watches an element. Vertical scrolling is left to the browser. */
export function watchGestures(target: HTMLElement, events: GestureEvents): void {
  const pointers = new Map<number, Point>();
  let start: Point | undefined;
  let dragging = false;
  let pinch: number | undefined;

  const place = (event: PointerEvent | WheelEvent): Point => {
    const box = target.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  target.addEventListener("pointerdown", (event) => {
    // A press on the scroll bar is not a press on the picture.
    const point = place(event);
    if ((event.pointerType === "mouse" && event.button !== 0) || point.x >= target.clientWidth) return;
    pointers.set(event.pointerId, point);
    if (pointers.size === 1) {
      start = point;
      dragging = false;
    } else {
      start = undefined;
      pinch = spread(pointers);
    }
  });

  target.addEventListener("pointermove", (event) => {
    const point = place(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType !== "touch") events.hover(point);
      return;
    }
    pointers.set(event.pointerId, point);
    if (pointers.size === 2 && pinch !== undefined) {
      const now = spread(pointers);
      if (now > 0 && pinch > 0) events.zoom(middle(pointers), pinch / now);
      pinch = now;
      return;
    }
    if (start !== undefined && !dragging && Math.hypot(point.x - start.x, point.y - start.y) > TAP_SLACK) {
      dragging = true;
      target.setPointerCapture(event.pointerId);
    }
    if (dragging) {
      events.pan(before.x - point.x);
      if (event.pointerType === "mouse") target.scrollTop += before.y - point.y;
    }
  });

  target.addEventListener("pointerup", (event) => {
    const point = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (pointers.size < 2) pinch = undefined;
    if (point !== undefined && start !== undefined && !dragging) events.tap(point);
    if (pointers.size === 0) start = undefined;
  });
  target.addEventListener("pointercancel", (event) => {
    pointers.delete(event.pointerId);
    start = undefined;
    pinch = undefined;
  });
  target.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") events.leave();
  });

  target.addEventListener(
    "wheel",
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const pixels = Math.max(-240, Math.min(240, event.deltaY * unit));
        events.zoom(place(event), Math.exp(pixels * WHEEL_ZOOM_PER_PIXEL));
        return;
      }
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        event.preventDefault();
        events.pan(sideways * unit);
      }
    },
    { passive: false },
  );
}

function spread(pointers: Map<number, Point>): number {
  const [one, other] = [...pointers.values()];
  return one === undefined || other === undefined ? 0 : Math.hypot(one.x - other.x, one.y - other.y);
}

function middle(pointers: Map<number, Point>): Point {
  const [one, other] = [...pointers.values()];
  return one === undefined || other === undefined ? { x: 0, y: 0 } : { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}
