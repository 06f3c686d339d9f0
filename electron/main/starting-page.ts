/**
 * What is shown while there is no service: plain, without script, in both languages. Told from main, because the page's
 * own screens need a service to say anything true.
 */
export function startingPage(nonce: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Amanah</title>
<style nonce="${nonce}">
body{margin:0;min-height:100vh;display:grid;place-content:center;gap:2rem;background:#0b3b4a;color:#fff;font:1.25rem/1.6 system-ui,sans-serif;text-align:center}
h1{font-size:1.6rem;margin:0}p{margin:.25rem 0}
</style></head><body>
<section><h1>Amanah is starting</h1>
<p>The ward’s records on this PC are being opened again. Nothing that was saved is lost.</p>
<p>If this stays for more than a minute, call IT and use the paper downtime pack.</p></section>
<section lang="ar" dir="rtl"><h1>أمانة قيد التشغيل</h1>
<p>يُعاد فتح سجلات الجناح على هذا الجهاز. لم يُفقد شيء مما حُفظ.</p>
<p>إذا بقيت هذه الشاشة أكثر من دقيقة فاتصل بقسم تقنية المعلومات واستعمل حزمة التوقف الورقية.</p></section>
</body></html>`;
}
