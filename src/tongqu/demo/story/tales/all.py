"""Every tale, and the words that fit none or all of them."""

from tongqu.demo.story.tales import land, service, town
from tongqu.demo.story.tales.tale import Tale

TALES: tuple[Tale, ...] = (*land.TALES, *town.TALES, *service.TALES)

REJECTED = (
    "经核实与前一事件重复，合并处理，不再单独受理。",
    "来电人已自行协商解决，主动撤诉。",
    "描述地点不详且无法联系上报人，不予受理。",
    "经核查为正常施工，手续齐全，不属于受理范围。",
)
DISPATCHED = (
    "请按时限处置并上传照片。",
    "请属地先行到场控制，处置后回传照片。",
    "",
    "涉及多部门，由贵单位牵头。",
    "群众关注度高，请优先处置。",
    "",
)
CLOSED = ("处置到位，予以结案。", "核查通过，结案归档。", "", "已回访，结案。")
SUSPENDED = ("施工单位须待雨季过后进场，申请暂缓。", "涉及管线迁改，须待权属单位完成后继续处置。")
REOPENED = ("群众再次反映同一问题复发，重新立案。", "抽查发现问题反弹，重新派遣处置。")
