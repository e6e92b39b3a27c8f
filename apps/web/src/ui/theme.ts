import { createTheme, type CSSVariablesResolver } from "@mantine/core";

/** One accent, cool greys, the system's own typeface; contrast of all text is at least 4.5 : 1 in both schemes. */
export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: 7,
  colors: {
    brand: ["#effcf9", "#d0f5ec", "#a2e9da", "#6cd5c3", "#3bbba8", "#1f9f8e", "#138074", "#0f766e", "#105a55", "#114b47"],
    /** Taking and making calls. */
    call: ["#edfcf1", "#d5f5df", "#abe9be", "#7edb9a", "#51c978", "#2fb25c", "#1f984b", "#157f3c", "#136a34", "#11562c"],
    dark: ["#e6e9ec", "#c5cbd1", "#a3acb5", "#7b8590", "#4a535c", "#363e46", "#2a3037", "#1c2126", "#15191d", "#0e1114"],
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  components: {
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } } },
    Button: { defaultProps: { loaderProps: { type: "dots" } }, styles: { label: { fontWeight: 550 } } },
    Badge: { styles: { root: { textTransform: "none", fontWeight: 600 } } },
    Switch: { defaultProps: { withThumbIndicator: false } },
    Table: { defaultProps: { borderColor: "var(--rd-line)" }, styles: { th: { fontSize: 12, fontWeight: 600, color: "var(--mantine-color-dimmed)" } } },
    Fieldset: { styles: { legend: { fontSize: 13, fontWeight: 600, color: "var(--mantine-color-dimmed)", padding: 0, marginBottom: 6 } } },
    InputWrapper: { styles: { label: { fontWeight: 550 } } },
    Loader: { defaultProps: { type: "dots" } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { "aria-label": "Close" } }, styles: { title: { fontSize: 16, fontWeight: 650 } } },
    Popover: { defaultProps: { shadow: "md" } },
    Menu: { defaultProps: { shadow: "md" } },
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5b6570", "--mantine-color-error": "#c92a2a", "--mantine-color-placeholder": "#6a747d",
    "--mantine-color-yellow-light-color": "#7f5200", "--mantine-color-orange-light-color": "#9c3a00", "--mantine-color-teal-light-color": "#066649", "--mantine-color-red-light-color": "#a61e1e",
    "--rd-page": "#f5f7f8", "--rd-card": "#ffffff", "--rd-line": "#e2e6e9", "--rd-soft": "#eef1f3",
  },
  dark: {
    "--mantine-color-dimmed": "#a3acb5", "--mantine-color-placeholder": "#8b95a0",
    "--mantine-color-brand-light": "rgb(31 159 142 / 24%)", "--mantine-color-brand-light-color": "#a2e9da", "--mantine-color-yellow-light": "#33270f", "--mantine-color-yellow-light-color": "#f2c572", "--mantine-color-red-light": "#381b1d", "--mantine-color-red-light-color": "#ffa8a8", "--mantine-color-orange-light": "#37220f", "--mantine-color-orange-light-color": "#ffb778", "--mantine-color-gray-light": "#2a3037", "--mantine-color-gray-light-color": "#c5cbd1",
    "--mantine-color-body": "#15191d", "--rd-page": "#0f1215", "--rd-card": "#171b1f", "--rd-line": "#2a3037", "--rd-soft": "#20262c",
  },
});
